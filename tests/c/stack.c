/* Prints how many bytes of stack calls take on a Cortex-M4F, by painting it: to initialise, and then to hear. */
#include "emotion.h"
#include "model.h"
#include "platform.h"

#define PAINT 0xC0FFEE11u
#define WORDS 8192

extern uint32_t stack_top[];

static EMOTION_MEMORY(memory, EMOTION_LISTENER_BYTES(MODEL_ARENA_BYTES, 16000, MODEL_SAMPLE_RATE));
static emotion_event event;
static emotion_answer answer;

__attribute__((noinline)) static uint32_t *paint(void)
{
    uint32_t *here = __builtin_frame_address(0);
    for (volatile uint32_t *word = stack_top - WORDS; word < here - 16; word++) {
        *word = PAINT;
    }
    return here;
}

static void print_depth(const char *name, const uint32_t *from)
{
    char digits[12] = { 0 };
    const uint32_t *word = stack_top - WORDS;
    while (*word == PAINT) {
        word++;
    }
    size_t bytes = (size_t)(from - word) * sizeof *word, place = sizeof digits - 1;
    do {
        digits[--place] = (char)('0' + bytes % 10);
        bytes /= 10;
    } while (bytes > 0);
    print(name);
    print(digits + place);
}

static void hear(const char *name, emotion_listener *listener, emotion_classifier *classifier)
{
    static int16_t samples[512];
    size_t count;
    open_recording(name);
    while ((count = read_samples(samples, 512)) > 0) {
        if (listener != NULL) {
            emotion_listener_push(listener, samples, count);
            while (emotion_listener_next_event(listener, &event)) {
            }
        } else {
            emotion_classifier_push(classifier, samples, count);
        }
    }
}

int main(void)
{
    emotion_listener *listener;
    emotion_classifier *classifier;
    emotion_settings settings = emotion_default_settings();
    settings.microphone_rate = 16000;
    const uint32_t *from = paint();
    emotion_classifier_init(memory, sizeof memory, model, sizeof model, &classifier);
    print_depth("{\"classifier_init\":", from);
    from = paint();
    hear("clip.raw", NULL, classifier);
    emotion_classifier_finish(classifier, &answer);
    print_depth(",\"classifier\":", from);
    from = paint();
    emotion_listener_init(memory, sizeof memory, model, sizeof model, &settings, &listener);
    print_depth(",\"listener_init\":", from);
    from = paint();
    hear("stream.raw", listener, NULL);
    emotion_listener_flush(listener);
    print_depth(",\"listener\":", from);
    print("}\n");
    leave(0);
    return 0;
}
