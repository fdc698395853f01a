/*
 * Emotion recognition from speech: microphone samples in, an emotion with an honest confidence out.
 *
 *     #include "emotion.h"
 *     #include "model.h"                     // host-trainer export model.postcard --c-array model.h
 *
 *     static EMOTION_MEMORY(memory, EMOTION_LISTENER_BYTES(MODEL_ARENA_BYTES, 16000, MODEL_SAMPLE_RATE));
 *
 *     emotion_listener *listener;
 *     emotion_settings settings = emotion_default_settings();
 *     settings.microphone_rate = 16000;
 *     if (emotion_listener_init(memory, sizeof memory, model, sizeof model, &settings, &listener)) { ... }
 *
 *     for (;;) {
 *         wait_for_buffer();                                // of your microphone's DMA
 *         emotion_listener_push(listener, buffer, 256);
 *         emotion_event event;
 *         while (emotion_listener_next_event(listener, &event)) {
 *             if (event.kind == EMOTION_EVENT_KIND_EMOTION) {
 *                 say(event.opinion.label, EMOTION_PERCENT(event.opinion.confidence));
 *             }
 *         }
 *     }
 *
 * There is no heap, no operating system, no C library, no global state, and no call that can fail once an object is initialised
 * other than by what its comment says. Functions return 0 (EMOTION_ERROR_NONE) or what is wrong, which emotion_error_name puts in
 * words. NULL, memory that is too small or not aligned, an object that was not initialised and a model that is damaged are
 * found. What C can't know is not: that memory is as large as is said, stays, and is left alone.
 *
 * One object is for one thread at a time, and no function is for an interrupt: let that fill buffers, which a task or the
 * main loop pushes. Several objects, of one model or of several, do not know of each other.
 *
 * Made by cbindgen from engine/c/src: do not edit.
 */


#ifndef EMOTION_H
#define EMOTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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


/**
 * How many events wait to be fetched.
 */
#define EMOTION_WAITING_EVENTS 4

/**
 * What a listener takes beside the model's arena and the filter: EMOTION_LISTENER_BYTES has it in.
 */
#define EMOTION_LISTENER_OVERHEAD 13824

/**
 * What a classifier takes beside the model's arena: EMOTION_CLASSIFIER_BYTES has it in.
 */
#define EMOTION_CLASSIFIER_OVERHEAD 8064

/**
 * What the memory of a listener or a classifier has to be aligned to, in bytes.
 */
#define EMOTION_ALIGNMENT 8

/**
 * The most labels that a model has.
 */
#define EMOTION_MAX_LABELS 32

/**
 * What a label takes at most, the NUL at its end included.
 */
#define EMOTION_LABEL_BYTES 25

/**
 * The probability that is certainty: probabilities are 0 to this.
 */
#define EMOTION_CERTAIN 32768

/**
 * The most mel bands that a model hears in.
 */
#define EMOTION_MAX_BANDS 128

/**
 * What is wrong; EMOTION_ERROR_NONE, which is 0, if nothing is.
 */
enum emotion_error
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * All is well.
     */
    EMOTION_ERROR_NONE = 0,
    /**
     * A pointer is NULL, or would lead to more than there can be.
     */
    EMOTION_ERROR_NULL = 1,
    /**
     * Memory or a pointer is not aligned as it has to be.
     */
    EMOTION_ERROR_MISALIGNED = 2,
    /**
     * The memory is too small; emotion_listener_memory_bytes and emotion_classifier_memory_bytes say what it takes.
     */
    EMOTION_ERROR_MEMORY_TOO_SMALL = 3,
    /**
     * The object was not initialised, or initialising it failed.
     */
    EMOTION_ERROR_NOT_INITIALISED = 4,
    /**
     * A setting is out of its range.
     */
    EMOTION_ERROR_SETTINGS = 5,
    /**
     * There is no conversion from the microphone's sample rate to the model's: both must be 4000 to 192000 Hz, and the
     * microphone's at most three times the model's.
     */
    EMOTION_ERROR_MICROPHONE_RATE = 6,
    /**
     * There is no answer yet: the recording has been too short.
     */
    EMOTION_ERROR_TOO_SHORT = 7,
    /**
     * All samples were heard, but more events became due than wait to be fetched; the latest were dropped.
     */
    EMOTION_ERROR_EVENTS_LOST = 8,
    /**
     * There is no label of that index.
     */
    EMOTION_ERROR_LABEL = 9,
    /**
     * A stored voice has more bands or labels than there can be.
     */
    EMOTION_ERROR_VOICE = 10,
    /**
     * The model has fewer bytes than it announces.
     */
    EMOTION_ERROR_MODEL_TRUNCATED = 32,
    /**
     * The model has more bytes than it announces.
     */
    EMOTION_ERROR_MODEL_TRAILING_BYTES = 33,
    /**
     * The bytes are not those of a model.
     */
    EMOTION_ERROR_MODEL_UNKNOWN = 34,
    /**
     * The model is of a format version that this library does not read.
     */
    EMOTION_ERROR_MODEL_VERSION = 35,
    /**
     * The model's checksum does not match: bytes were altered.
     */
    EMOTION_ERROR_MODEL_CORRUPT = 36,
    /**
     * The model does not decode.
     */
    EMOTION_ERROR_MODEL_MALFORMED = 37,
    /**
     * The model's labels can't be used.
     */
    EMOTION_ERROR_MODEL_LABELS = 38,
    /**
     * The model's front end can't be run.
     */
    EMOTION_ERROR_MODEL_FRONT_END = 39,
    /**
     * A layer of the model can't be run; "host-trainer inspect" says which.
     */
    EMOTION_ERROR_MODEL_LAYER = 40,
    /**
     * The model adds tensors whose rows do not keep pace, or answers too rarely.
     */
    EMOTION_ERROR_MODEL_PACE = 41,
    /**
     * The model's memory plan is not sound.
     */
    EMOTION_ERROR_MODEL_PLAN = 42,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum emotion_error emotion_error;
#else
typedef int32_t emotion_error;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What became due.
 */
enum emotion_event_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Somebody speaks.
     */
    EMOTION_EVENT_KIND_BEGAN = 1,
    /**
     * The utterance so far has an emotion, or another than was announced.
     */
    EMOTION_EVENT_KIND_ANNOUNCED = 2,
    /**
     * An utterance is over, and this is its emotion.
     */
    EMOTION_EVENT_KIND_EMOTION = 3,
    /**
     * An utterance is over, but no emotion is likely enough, or it was too short.
     */
    EMOTION_EVENT_KIND_UNSURE = 4,
    /**
     * A sound is over, or has been listened to for a second, that was not speech.
     */
    EMOTION_EVENT_KIND_NOT_SPEECH = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum emotion_event_kind emotion_event_kind;
#else
typedef int32_t emotion_event_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a listener does at present.
 */
enum emotion_stage
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It is quiet: the level alone is heard. A device may sleep until its next buffer.
     */
    EMOTION_STAGE_ASLEEP = 0,
    /**
     * It is loud, and the network hears whether it is speech.
     */
    EMOTION_STAGE_ATTENTIVE = 1,
    /**
     * Somebody speaks.
     */
    EMOTION_STAGE_SPEECH = 2,
    /**
     * An utterance is over, and its last answer is worked out.
     */
    EMOTION_STAGE_ENDING = 3,
    /**
     * It is loud, but not speech.
     */
    EMOTION_STAGE_DOUBTFUL = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum emotion_stage emotion_stage;
#else
typedef int32_t emotion_stage;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Hears a recording and answers, as "host-trainer predict" does. It lies in memory that C gives.
 */
typedef struct emotion_classifier emotion_classifier;

/**
 * Hears a microphone and says who speaks when, with which emotion. It lies in memory that C gives.
 */
typedef struct emotion_listener emotion_listener;

/**
 * How a listener listens. Start from emotion_default_settings(). A rate out of its range is
 * EMOTION_ERROR_MICROPHONE_RATE, another setting EMOTION_ERROR_SETTINGS.
 */
typedef struct emotion_settings {
    /**
     * The microphone's sample rate in Hz, or 0 if it is the model's.
     */
    uint32_t microphone_rate;
    /**
     * The shortest utterance whose emotion is announced, in ms: 500.
     */
    uint16_t shortest_ms;
    /**
     * How long an utterance waits for the next word, at least 100 ms: 600. Pauses between words are shorter.
     */
    uint16_t hangover_ms;
    /**
     * How much louder the microphone is made, -40 to 40 dB: 0.
     */
    int8_t gain_db;
    /**
     * The probability from which on an emotion is announced, 0 to 100 %: 50.
     */
    uint8_t threshold_percent;
    /**
     * How far below the threshold the announced emotion falls before another is announced, 0 to 100 %: 10.
     */
    uint8_t hysteresis_percent;
    /**
     * How far above the noise floor sound is listened to, in dB: 9.
     */
    uint8_t opens_above_db;
    /**
     * How far above the noise floor it has to stay, in dB, at most opens_above_db: 6.
     */
    uint8_t closes_below_db;
    /**
     * The lowest noise floor, in dB below full scale: 75.
     */
    uint8_t quietest_db;
} emotion_settings;

/**
 * How likely each of the model's labels is.
 */
typedef struct emotion_opinion {
    /**
     * The most likely label, as text that ends with a NUL: "happy". In UTF-8.
     */
    char label[EMOTION_LABEL_BYTES];
    /**
     * Its index among the model's labels, from 0.
     */
    uint8_t index;
    /**
     * How many labels the model has, 1 to 32; 0 where nothing is said of the speech.
     */
    uint8_t labels;
    /**
     * The probability of the most likely label, 0 to EMOTION_CERTAIN.
     */
    uint16_t confidence;
    /**
     * The probability of each label, in the model's order, 0 to EMOTION_CERTAIN; 0 behind the last.
     */
    uint16_t probabilities[EMOTION_MAX_LABELS];
    /**
     * From unpleasant, -1000, to pleasant, 1000: the mean of the emotions' places.
     */
    int16_t valence;
    /**
     * From sleepy, -1000, to excited, 1000.
     */
    int16_t arousal;
} emotion_opinion;

/**
 * What became due, and when. Samples are those of the microphone, counted from 0 at the first that was pushed.
 */
typedef struct emotion_event {
    /**
     * Where the utterance or sound began.
     */
    uint64_t start;
    /**
     * Up to where it was heard: its end, once it is over.
     */
    uint64_t sample;
    /**
     * What became due.
     */
    emotion_event_kind kind;
    /**
     * How likely each label is. Of EMOTION_EVENT_KIND_BEGAN and EMOTION_EVENT_KIND_NOT_SPEECH it says nothing and has
     * no labels.
     */
    struct emotion_opinion opinion;
} emotion_event;

/**
 * What has been learnt of a voice. It has no pointers: it can be written to flash as it is, and read by the same kind
 * of processor.
 */
typedef struct emotion_voice {
    /**
     * Frames of speech that it is known by; 0 for a voice that is not known.
     */
    uint16_t heard;
    /**
     * How many deviations there are, 0 to EMOTION_MAX_BANDS.
     */
    uint16_t bands;
    /**
     * How far each band is from that of voices in general, in 1/128 dB; 0 behind the last.
     */
    int16_t deviations[EMOTION_MAX_BANDS];
    /**
     * How many labels there are, 0 to EMOTION_MAX_LABELS.
     */
    uint16_t labels;
    /**
     * How far each label's logit is from what it is for voices in general, in 1/256 of a step of the model's int8
     * logits; 0 behind the last.
     */
    int16_t offsets[EMOTION_MAX_LABELS];
    /**
     * Utterances that the offsets are known by, by the label of their answer; 0 behind the last.
     */
    uint8_t utterances[EMOTION_MAX_LABELS];
} emotion_voice;

/**
 * What a classifier made of a recording.
 */
typedef struct emotion_answer {
    /**
     * The sample of the recording, from 0, on which the latest frame is centred that the answer is made from.
     */
    uint64_t sample;
    /**
     * How likely each label is.
     */
    struct emotion_opinion opinion;
    /**
     * The network's int8 logits, in the order of the labels; -128 behind the last.
     */
    int8_t scores[EMOTION_MAX_LABELS];
} emotion_answer;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The sample rate in Hz of what a model hears, read off its first 32 bytes; 0 if they are not a model's.
 */
uint32_t emotion_model_sample_rate(const void *model, size_t model_bytes);

/**
 * The settings for a microphone at the model's rate, as loud as it is.
 */
struct emotion_settings emotion_default_settings(void);

/**
 * Bytes of memory that a listener needs for a model and a microphone of so many Hz (0: the model's), or 0 if the bytes
 * are not a model's or the rate can't be converted. It reads the model's first 32 bytes.
 */
size_t emotion_listener_memory_bytes(const void *model,
                                     size_t model_bytes,
                                     uint32_t microphone_rate);

/**
 * Checks a model and starts a stream, with a voice that is not known.
 *
 * memory: of memory_bytes, at least what emotion_listener_memory_bytes says, aligned to EMOTION_ALIGNMENT. It is the
 * listener's until the listener is used no more; there is nothing to free, and it can be given again.
 * model: of model_bytes, unchanged as long as the listener is used: usually in flash. Aligned to 4 bytes it runs
 * fastest. settings: NULL for the defaults; they are copied.
 * listener: what the other functions want; NULL if this fails.
 *
 * The time that it takes is mostly that of a checksum over the model; if the microphone's rate is not the model's, a
 * filter is designed, which takes a processor without double precision some ten million instructions.
 */
emotion_error emotion_listener_init(void *memory,
                                    size_t memory_bytes,
                                    const void *model,
                                    size_t model_bytes,
                                    const struct emotion_settings *settings,
                                    struct emotion_listener **listener);

/**
 * Hears the microphone's next samples: mono, 16 bits, any number. Fetch the events after each push: a few may wait,
 * and the samples of 100 ms make no more. It takes a part of the time in which the samples came, so call it from a
 * task or the main loop, not from the microphone's interrupt.
 *
 * EMOTION_ERROR_EVENTS_LOST: all was heard, but the latest events had no room.
 */
emotion_error emotion_listener_push(struct emotion_listener *listener,
                                    const int16_t *samples,
                                    size_t count);

/**
 * As emotion_listener_push, for words of 32 bits with the sample's 24 at the top, as I2S microphones give them.
 */
emotion_error emotion_listener_push_words(struct emotion_listener *listener,
                                          const int32_t *words,
                                          size_t count);

/**
 * Ends an utterance that is under way, as when the microphone is switched off. Time goes on.
 */
emotion_error emotion_listener_flush(struct emotion_listener *listener);

/**
 * Fetches the event that has waited longest. false: there is none, and nothing is written.
 */
bool emotion_listener_next_event(struct emotion_listener *listener, struct emotion_event *event);

/**
 * What it does at present.
 */
emotion_stage emotion_listener_stage(const struct emotion_listener *listener);

/**
 * Samples that were pushed so far.
 */
uint64_t emotion_listener_time(const struct emotion_listener *listener);

/**
 * The opinion by all utterances that are over, each of which counts alike: the more somebody has said, the surer.
 *
 * EMOTION_ERROR_TOO_SHORT before the first.
 */
emotion_error emotion_listener_overall(const struct emotion_listener *listener,
                                       struct emotion_opinion *opinion);

/**
 * The text of a label of the model, from 0, which ends with a NUL.
 *
 * EMOTION_ERROR_LABEL: it has no such label.
 */
emotion_error emotion_listener_label(const struct emotion_listener *listener,
                                     size_t index,
                                     char (*text)[EMOTION_LABEL_BYTES]);

/**
 * Starts a stream: time is 0, events that wait and opinions are forgotten. What was learnt of the voice stays,
 * frozen if it was.
 */
emotion_error emotion_listener_reset(struct emotion_listener *listener);

/**
 * Forgets the voice and what it said, and learns whoever speaks next, for as long as they speak: an enrolment. What is
 * under way and events that wait are dropped.
 */
emotion_error emotion_listener_enrol(struct emotion_listener *listener);

/**
 * The voice as it is known so far, to be stored.
 */
emotion_error emotion_listener_voice(struct emotion_listener *listener, struct emotion_voice *voice);

/**
 * Takes on a voice that was stored. What is under way and events that wait are dropped.
 *
 * EMOTION_ERROR_VOICE: it has too many bands or labels, as of bytes that are no voice.
 */
emotion_error emotion_listener_restore_voice(struct emotion_listener *listener,
                                             const struct emotion_voice *voice);

/**
 * Stops learning from the voice that is heard, or goes on: a guest does not change what is known of the owner. Of
 * an utterance that ends while frozen nothing is learnt, not even of its beginning.
 */
emotion_error emotion_listener_freeze_voice(struct emotion_listener *listener,
                                            bool is_frozen);

/**
 * Bytes of memory that a classifier needs for a model, or 0 if the bytes are not a model's. It reads their first 32.
 */
size_t emotion_classifier_memory_bytes(const void *model,
                                       size_t model_bytes);

/**
 * Checks a model and starts a recording. memory, model and classifier are as in emotion_listener_init;
 * emotion_classifier_memory_bytes says how much memory it takes.
 */
emotion_error emotion_classifier_init(void *memory,
                                      size_t memory_bytes,
                                      const void *model,
                                      size_t model_bytes,
                                      struct emotion_classifier **classifier);

/**
 * Hears the recording's next samples: mono, 16 bits, at the model's rate, any number.
 */
emotion_error emotion_classifier_push(struct emotion_classifier *classifier,
                                      const int16_t *samples,
                                      size_t count);

/**
 * The latest answer of a recording that goes on.
 *
 * EMOTION_ERROR_TOO_SHORT: there is none yet.
 */
emotion_error emotion_classifier_latest(const struct emotion_classifier *classifier,
                                        struct emotion_answer *answer);

/**
 * Ends the recording, answers, and starts another. A recording shorter than the model's window is filled up with
 * silence.
 */
emotion_error emotion_classifier_finish(struct emotion_classifier *classifier,
                                        struct emotion_answer *answer);

/**
 * Drops the recording and starts another.
 */
emotion_error emotion_classifier_reset(struct emotion_classifier *classifier);

/**
 * The text of a label of the model, from 0, which ends with a NUL.
 *
 * EMOTION_ERROR_LABEL: it has no such label.
 */
emotion_error emotion_classifier_label(const struct emotion_classifier *classifier,
                                       size_t index,
                                       char (*text)[EMOTION_LABEL_BYTES]);

/**
 * The name of an emotion_error's constant, as text that ends with a NUL and is there for ever;
 * "EMOTION_ERROR_?" of what is none.
 */
const char *emotion_error_name(int32_t error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* EMOTION_H */
