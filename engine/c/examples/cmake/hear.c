/* Hears raw 16-bit samples of 16 kHz on standard input, and says who speaks when, with which emotion. */
#include "emotion.h"
#include "model.h"

#include <stdio.h>

#define MICROPHONE_RATE 16000

static EMOTION_MEMORY(memory, EMOTION_LISTENER_BYTES(MODEL_ARENA_BYTES, MICROPHONE_RATE, MODEL_SAMPLE_RATE));

static void say(const emotion_event *event)
{
    const double begin = (double)event->start / MICROPHONE_RATE, end = (double)event->sample / MICROPHONE_RATE;
    switch (event->kind) {
    case EMOTION_EVENT_KIND_BEGAN:
        printf("%.2f s: somebody speaks\n", begin);
        break;
    case EMOTION_EVENT_KIND_ANNOUNCED:
        printf("%.2f s: %s so far\n", end, event->opinion.label);
        break;
    case EMOTION_EVENT_KIND_EMOTION:
        printf("%.2f to %.2f s: %s, %lu %%\n", begin, end, event->opinion.label,
               (unsigned long)EMOTION_PERCENT(event->opinion.confidence));
        break;
    case EMOTION_EVENT_KIND_UNSURE:
        printf("%.2f to %.2f s: unsure\n", begin, end);
        break;
    default:
        break;
    }
}

int main(void)
{
    int16_t samples[256];
    size_t count;
    emotion_event event;
    emotion_listener *listener;
    emotion_settings settings = emotion_default_settings();
    settings.microphone_rate = MICROPHONE_RATE;
    emotion_error error = emotion_listener_init(memory, sizeof memory, model, sizeof model, &settings, &listener);
    if (error != EMOTION_ERROR_NONE) {
        fprintf(stderr, "%s\n", emotion_error_name(error));
        return 1;
    }
    do {
        count = fread(samples, sizeof *samples, 256, stdin);
        if (count > 0) {
            emotion_listener_push(listener, samples, count);
        } else {
            emotion_listener_flush(listener);
        }
        while (emotion_listener_next_event(listener, &event)) {
            say(&event);
        }
    } while (count > 0);
    return 0;
}
