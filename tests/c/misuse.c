/* What C can do wrong, and has to be told. On the host, under sanitizers: nothing is read or written that was not given. */
#include "emotion.h"
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(expected, call)                                                                 \
    do {                                                                                       \
        emotion_error found = (call);                                                          \
        if (found != (expected)) {                                                             \
            printf("%d: %s, not %s\n", __LINE__, emotion_error_name(found), emotion_error_name(expected)); \
            return 1;                                                                          \
        }                                                                                      \
    } while (0)
#define ASSERT(condition)                                  \
    do {                                                   \
        if (!(condition)) {                                \
            printf("%d: not %s\n", __LINE__, #condition);  \
            return 1;                                      \
        }                                                  \
    } while (0)

/* Memory of exactly so many bytes, at whose ends the sanitizer watches. */
static void *memory_of(size_t bytes)
{
    return aligned_alloc(EMOTION_ALIGNMENT, (bytes + EMOTION_ALIGNMENT - 1) / EMOTION_ALIGNMENT * EMOTION_ALIGNMENT);
}

static int listeners(void)
{
    const size_t bytes = emotion_listener_memory_bytes(model, sizeof model, 16000);
    unsigned char *memory = memory_of(bytes);
    unsigned char *cleared = calloc(1, EMOTION_LISTENER_OVERHEAD);
    emotion_listener *listener = (emotion_listener *)cleared;
    emotion_settings settings = emotion_default_settings();
    emotion_opinion opinion;
    emotion_event event;
    emotion_voice voice;
    char text[EMOTION_LABEL_BYTES];
    int16_t samples[100] = { 0 };
    int32_t words[100] = { 0 };

    ASSERT(bytes <= EMOTION_LISTENER_BYTES(MODEL_ARENA_BYTES, 16000, MODEL_SAMPLE_RATE));
    settings.microphone_rate = 16000;

    /* Before it is initialised, and without it. */
    EXPECT(EMOTION_ERROR_NOT_INITIALISED, emotion_listener_push(listener, samples, 100));
    EXPECT(EMOTION_ERROR_NOT_INITIALISED, emotion_listener_flush(listener));
    EXPECT(EMOTION_ERROR_NOT_INITIALISED, emotion_listener_reset(listener));
    EXPECT(EMOTION_ERROR_NOT_INITIALISED, emotion_listener_enrol(listener));
    EXPECT(EMOTION_ERROR_NOT_INITIALISED, emotion_listener_overall(listener, &opinion));
    ASSERT(!emotion_listener_next_event(listener, &event));
    EXPECT(EMOTION_ERROR_NULL, emotion_listener_push(NULL, samples, 100));
    EXPECT(EMOTION_ERROR_MISALIGNED, emotion_listener_push((emotion_listener *)(cleared + 4), samples, 100));
    ASSERT(!emotion_listener_next_event(NULL, &event));
    ASSERT(emotion_listener_time(NULL) == 0 && emotion_listener_stage(NULL) == EMOTION_STAGE_ASLEEP);

    /* What it is given at first. */
#define INIT(memory, bytes, blob, length, settings) emotion_listener_init(memory, bytes, blob, length, settings, &listener)
    EXPECT(EMOTION_ERROR_NULL, INIT(NULL, bytes, model, sizeof model, &settings));
    EXPECT(EMOTION_ERROR_NULL, INIT(memory, bytes, NULL, sizeof model, &settings));
    EXPECT(EMOTION_ERROR_NULL, emotion_listener_init(memory, bytes, model, sizeof model, &settings, NULL));
    EXPECT(EMOTION_ERROR_MISALIGNED, INIT(memory + 4, bytes - 4, model, sizeof model, &settings));
    EXPECT(EMOTION_ERROR_MEMORY_TOO_SMALL, INIT(memory, bytes - 1, model, sizeof model, &settings));
    EXPECT(EMOTION_ERROR_MEMORY_TOO_SMALL, INIT(memory, 0, model, sizeof model, &settings));
    ASSERT(listener == NULL);
    for (size_t length = 0; length < sizeof model; length += length < 64 ? 1 : 997) {
        unsigned char *cut = malloc(length + 1);
        memcpy(cut, model, length);
        EXPECT(EMOTION_ERROR_MODEL_TRUNCATED, INIT(memory, bytes, cut, length, &settings));
        free(cut);
    }
    unsigned char *changed = malloc(sizeof model + 1);
    memcpy(changed, model, sizeof model);
    changed[sizeof model] = 0;
    EXPECT(EMOTION_ERROR_MODEL_TRAILING_BYTES, INIT(memory, bytes, changed, sizeof model + 1, &settings));
    changed[sizeof model / 2] ^= 4;
    EXPECT(EMOTION_ERROR_MODEL_CORRUPT, INIT(memory, bytes, changed, sizeof model, &settings));
    changed[4] = 2;
    EXPECT(EMOTION_ERROR_MODEL_VERSION, INIT(memory, bytes, changed, sizeof model, &settings));
    changed[0] = 'X';
    EXPECT(EMOTION_ERROR_MODEL_UNKNOWN, INIT(memory, bytes, changed, sizeof model, &settings));
    ASSERT(emotion_model_sample_rate(changed, sizeof model) == 0);
    ASSERT(emotion_listener_memory_bytes(changed, sizeof model, 0) == 0);
    free(changed);
    ASSERT(emotion_listener_memory_bytes(model, sizeof model, 3 * MODEL_SAMPLE_RATE + 1) == 0);
    for (int wrong = 0; wrong < 6; wrong++) {
        emotion_settings other = settings;
        other.microphone_rate = wrong == 0 ? 3999 : 16000;
        other.gain_db = wrong == 1 ? 41 : 0;
        other.threshold_percent = wrong == 2 ? 101 : 50;
        other.hysteresis_percent = wrong == 3 ? 101 : 10;
        other.hangover_ms = wrong == 4 ? 99 : 100;
        other.closes_below_db = (uint8_t)(other.opens_above_db + (wrong == 5 ? 1 : 0));
        EXPECT(wrong == 0 ? EMOTION_ERROR_MICROPHONE_RATE : EMOTION_ERROR_SETTINGS,
               INIT(memory, bytes, model, sizeof model, &other));
    }

    /* As it should be, in exactly as much memory as it asks for. */
    EXPECT(EMOTION_ERROR_NONE, INIT(memory, bytes, model, sizeof model, &settings));
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_push(listener, samples, 100));
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_push_words(listener, words, 100));
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_push(listener, NULL, 0));
    ASSERT(emotion_listener_time(listener) == 200);
    EXPECT(EMOTION_ERROR_NULL, emotion_listener_push(listener, NULL, 100));
    EXPECT(EMOTION_ERROR_MISALIGNED, emotion_listener_push(listener, (int16_t *)(void *)((char *)samples + 1), 10));
    EXPECT(EMOTION_ERROR_NULL, emotion_listener_push(listener, samples, SIZE_MAX));
    ASSERT(!emotion_listener_next_event(listener, &event) && !emotion_listener_next_event(listener, NULL));
    EXPECT(EMOTION_ERROR_TOO_SHORT, emotion_listener_overall(listener, &opinion));
    EXPECT(EMOTION_ERROR_NULL, emotion_listener_overall(listener, NULL));
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_label(listener, MODEL_LABELS - 1, &text));
    ASSERT(strlen(text) > 0);
    EXPECT(EMOTION_ERROR_LABEL, emotion_listener_label(listener, MODEL_LABELS, &text));
    EXPECT(EMOTION_ERROR_NULL, emotion_listener_label(listener, 0, NULL));

    /* A voice comes back as it was stored. */
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_voice(listener, &voice));
    ASSERT(voice.heard == 0 && voice.bands <= EMOTION_MAX_BANDS);
    emotion_voice known = voice;
    known.heard = 300;
    for (int band = 0; band < known.bands; band++) {
        known.deviations[band] = (int16_t)(band * 5 - 100);
    }
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_restore_voice(listener, &known));
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_reset(listener));
    ASSERT(emotion_listener_time(listener) == 0);
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_voice(listener, &voice));
    ASSERT(voice.bands == known.bands && voice.heard == known.heard);
    ASSERT(memcmp(voice.deviations, known.deviations, sizeof known.deviations) == 0);
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_freeze_voice(listener, true));
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_enrol(listener));
    EXPECT(EMOTION_ERROR_NONE, emotion_listener_voice(listener, &voice));
    ASSERT(voice.heard == 0);
    known.bands = EMOTION_MAX_BANDS + 1;
    EXPECT(EMOTION_ERROR_VOICE, emotion_listener_restore_voice(listener, &known));
    EXPECT(EMOTION_ERROR_NULL, emotion_listener_restore_voice(listener, NULL));

    /* One kind of object is not the other. */
    EXPECT(EMOTION_ERROR_NOT_INITIALISED, emotion_classifier_reset((emotion_classifier *)memory));

    /* More events than wait: a tone that comes and goes. */
    settings.hangover_ms = 100;
    EXPECT(EMOTION_ERROR_NONE, INIT(memory, bytes, model, sizeof model, &settings));
    static int16_t tone[16000 * 30];
    for (int n = 0; n < 16000 * 30; n++) {
        tone[n] = n / 8000 % 2 ? (n / 10 % 2 ? 8000 : -8000) : 0;
    }
    EXPECT(EMOTION_ERROR_EVENTS_LOST, emotion_listener_push(listener, tone, 16000 * 30));
    for (int waiting = 0; waiting < EMOTION_WAITING_EVENTS; waiting++) {
        ASSERT(emotion_listener_next_event(listener, &event));
        ASSERT(event.kind == EMOTION_EVENT_KIND_NOT_SPEECH && event.opinion.labels == 0);
    }
    ASSERT(!emotion_listener_next_event(listener, &event));
    free(memory);
    free(cleared);
    return 0;
}

static int classifiers(void)
{
    const size_t bytes = emotion_classifier_memory_bytes(model, sizeof model);
    unsigned char *memory = memory_of(bytes);
    unsigned char *cleared = calloc(1, EMOTION_CLASSIFIER_OVERHEAD);
    emotion_classifier *classifier = (emotion_classifier *)cleared;
    emotion_answer answer;
    char text[EMOTION_LABEL_BYTES];
    int16_t samples[100] = { 0 };

    ASSERT(bytes <= EMOTION_CLASSIFIER_BYTES(MODEL_ARENA_BYTES));
    EXPECT(EMOTION_ERROR_NOT_INITIALISED, emotion_classifier_push(classifier, samples, 100));
    EXPECT(EMOTION_ERROR_NOT_INITIALISED, emotion_classifier_finish(classifier, &answer));
    EXPECT(EMOTION_ERROR_NULL, emotion_classifier_finish(NULL, &answer));
    EXPECT(EMOTION_ERROR_NULL, emotion_classifier_init(NULL, bytes, model, sizeof model, &classifier));
    EXPECT(EMOTION_ERROR_MISALIGNED, emotion_classifier_init(memory + 1, bytes, model, sizeof model, &classifier));
    EXPECT(EMOTION_ERROR_MEMORY_TOO_SMALL, emotion_classifier_init(memory, bytes - 8, model, sizeof model, &classifier));
    EXPECT(EMOTION_ERROR_MODEL_TRUNCATED, emotion_classifier_init(memory, bytes, model, 100, &classifier));
    EXPECT(EMOTION_ERROR_NONE, emotion_classifier_init(memory, bytes, model, sizeof model, &classifier));
    EXPECT(EMOTION_ERROR_TOO_SHORT, emotion_classifier_latest(classifier, &answer));
    EXPECT(EMOTION_ERROR_NULL, emotion_classifier_finish(classifier, NULL));
    EXPECT(EMOTION_ERROR_NONE, emotion_classifier_push(classifier, samples, 100));
    EXPECT(EMOTION_ERROR_NONE, emotion_classifier_finish(classifier, &answer));
    ASSERT(answer.opinion.labels == MODEL_LABELS);
    EXPECT(EMOTION_ERROR_NONE, emotion_classifier_label(classifier, answer.opinion.index, &text));
    ASSERT(strcmp(text, answer.opinion.label) == 0);
    free(memory);
    free(cleared);
    return 0;
}

/* The constant for a filter's bytes is what the library takes. */
static int filters(void)
{
    const uint32_t rates[] = { 7350, 8000, 11025, 16000, 20833, 22049, 24000, 32000, 44100, 48000, 66150 };
    const size_t without = emotion_listener_memory_bytes(model, sizeof model, MODEL_SAMPLE_RATE);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const size_t with = emotion_listener_memory_bytes(model, sizeof model, rates[i]);
        ASSERT(with - without == EMOTION_FILTER_BYTES(rates[i], MODEL_SAMPLE_RATE));
    }
    return 0;
}

int main(void)
{
    ASSERT(strcmp(emotion_error_name(EMOTION_ERROR_NULL), "EMOTION_ERROR_NULL") == 0);
    ASSERT(strcmp(emotion_error_name(-7), "EMOTION_ERROR_?") == 0);
    ASSERT(EMOTION_PERCENT(EMOTION_CERTAIN) == 100 && EMOTION_PERCENT(0) == 0);
    return listeners() || classifiers() || filters();
}
