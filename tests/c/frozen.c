/* A frozen voice stays as it is when a stream starts: hears stream.raw, freezes what it has learnt, and hears it again after a
 * reset. */
#include "emotion.h"
#include "model.h"
#include "platform.h"

#include <string.h>

#define BUFFER 512

static EMOTION_MEMORY(memory, 2 * EMOTION_LISTENER_BYTES(MODEL_ARENA_BYTES, MODEL_SAMPLE_RATE, MODEL_SAMPLE_RATE));

static void check(int is_right, const char *what)
{
    if (!is_right) {
        print(what);
        leave(1);
    }
}

static emotion_voice voice_after_stream(emotion_listener *listener)
{
    static int16_t samples[BUFFER];
    size_t count;
    emotion_event event;
    emotion_voice voice;
    open_recording("stream.raw");
    while ((count = read_samples(samples, BUFFER)) > 0) {
        check(emotion_listener_push(listener, samples, count) == EMOTION_ERROR_NONE, "push");
        while (emotion_listener_next_event(listener, &event)) {
        }
    }
    check(emotion_listener_flush(listener) == EMOTION_ERROR_NONE, "flush");
    check(emotion_listener_voice(listener, &voice) == EMOTION_ERROR_NONE, "voice");
    return voice;
}

int main(void)
{
    emotion_listener *listener;
    check(emotion_listener_init(memory, sizeof memory, model, sizeof model, NULL, &listener) == EMOTION_ERROR_NONE, "init");
    const emotion_voice known = voice_after_stream(listener);
    check(known.heard > 0, "nothing was learnt");
    check(emotion_listener_freeze_voice(listener, true) == EMOTION_ERROR_NONE, "freeze");
    check(emotion_listener_reset(listener) == EMOTION_ERROR_NONE, "reset");
    const emotion_voice frozen = voice_after_stream(listener);
    check(frozen.heard == known.heard, "more was heard");
    check(memcmp(frozen.deviations, known.deviations, sizeof known.deviations) == 0, "more was learnt");

    /* Another person is learnt. */
    check(emotion_listener_enrol(listener) == EMOTION_ERROR_NONE, "enrol");
    check(voice_after_stream(listener).heard > 0, "nobody was enrolled");
    return 0;
}
