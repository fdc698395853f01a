
/* Static memory of so many bytes, aligned as it has to be: static EMOTION_MEMORY(memory, bytes); */
#if defined(__GNUC__)
#define EMOTION_MEMORY(name, bytes) unsigned char name[bytes] __attribute__((aligned(8)))
#elif defined(__cplusplus)
#define EMOTION_MEMORY(name, bytes) unsigned char name alignas(8)[bytes]
#else
#define EMOTION_MEMORY(name, bytes) _Alignas(8) unsigned char name[bytes]
#endif

/* Bytes of memory for a listener, as a constant: at most 400 more than emotion_listener_memory_bytes says for a 32-bit
 * processor. The model's arena and sample rate are in the model.h that "host-trainer export" makes, and "host-trainer inspect" says
 * them. Rates are in Hz. */
#define EMOTION_LISTENER_BYTES(arena_bytes, microphone_rate, model_rate) \
    (EMOTION_LISTENER_OVERHEAD + (arena_bytes) + EMOTION_FILTER_BYTES(microphone_rate, model_rate))

/* Bytes of memory for a classifier, as a constant. */
#define EMOTION_CLASSIFIER_BYTES(arena_bytes) (EMOTION_CLASSIFIER_OVERHEAD + (arena_bytes))

/* Bytes that the filter from one rate to another takes. */
#define EMOTION_FILTER_BYTES(from, to)                                               \
    ((from) == (to) ? 0                                                              \
                    : ((from) % (to) == 0 ? 1 : 33) * EMOTION_FILTER_TAPS(from, to) * 2)
#define EMOTION_FILTER_TAPS(from, to) \
    ((142625ULL * ((from) > (to) ? (from) : (to)) / (5026ULL * (to)) + 5) / 4 * 4)

/* A probability, 0 to EMOTION_CERTAIN, in percent, to the nearest. */
#define EMOTION_PERCENT(probability) (((probability) * 100UL + 16384UL) / 32768UL)
