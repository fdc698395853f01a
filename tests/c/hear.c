/* Classifies clip.raw and listens to stream.raw, at the model's rate and as if it were of 16 kHz. Prints a line of JSON for the
 * answer and for each event. */
#include "emotion.h"
#include "model.h"
#include "platform.h"

#define BUFFER 512

static EMOTION_MEMORY(memory, EMOTION_LISTENER_BYTES(MODEL_ARENA_BYTES, 16000, MODEL_SAMPLE_RATE));

static void print_number(int64_t number)
{
    char digits[24];
    size_t place = sizeof digits - 1;
    uint64_t rest = number < 0 ? (uint64_t)-number : (uint64_t)number;
    digits[place] = 0;
    do {
        digits[--place] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        digits[--place] = '-';
    }
    print(digits + place);
}

static void print_field(const char *name, int64_t number)
{
    print(name);
    print_number(number);
}

static void check(emotion_error error, const char *what)
{
    if (error != EMOTION_ERROR_NONE) {
        print(what);
        print(": ");
        print(emotion_error_name(error));
        print("\n");
        leave(1);
    }
}

static void print_opinion(const emotion_opinion *opinion)
{
    print(",\"label\":\"");
    print(opinion->label);
    print_field("\",\"index\":", opinion->index);
    print_field(",\"confidence\":", opinion->confidence);
    print(",\"probabilities\":");
    for (int i = 0; i < opinion->labels; i++) {
        print_field(i > 0 ? "," : "[", opinion->probabilities[i]);
    }
    print_field(opinion->labels > 0 ? "],\"valence\":" : "[],\"valence\":", opinion->valence);
    print_field(",\"arousal\":", opinion->arousal);
}

static void classify(void)
{
    static emotion_answer answer;
    int16_t samples[BUFFER];
    size_t count;
    emotion_classifier *classifier;
    check(emotion_classifier_init(memory, sizeof memory, model, sizeof model, &classifier), "init");
    open_recording("clip.raw");
    while ((count = read_samples(samples, BUFFER)) > 0) {
        check(emotion_classifier_push(classifier, samples, count), "push");
    }
    check(emotion_classifier_finish(classifier, &answer), "finish");
    print_field("{\"sample\":", (int64_t)answer.sample);
    print_opinion(&answer.opinion);
    print(",\"scores\":");
    for (int i = 0; i < answer.opinion.labels; i++) {
        print_field(i > 0 ? "," : "[", answer.scores[i]);
    }
    print("]}\n");
}

static void print_events(emotion_listener *listener)
{
    emotion_event event;
    while (emotion_listener_next_event(listener, &event)) {
        print_field("{\"kind\":", event.kind);
        print_field(",\"start\":", (int64_t)event.start);
        print_field(",\"sample\":", (int64_t)event.sample);
        print_opinion(&event.opinion);
        print("}\n");
    }
}

static void listen(uint32_t microphone_rate)
{
    int16_t samples[BUFFER];
    size_t count;
    emotion_listener *listener;
    emotion_settings settings = emotion_default_settings();
    settings.microphone_rate = microphone_rate;
    check(emotion_listener_init(memory, sizeof memory, model, sizeof model, &settings, &listener), "init");
    open_recording("stream.raw");
    while ((count = read_samples(samples, BUFFER)) > 0) {
        check(emotion_listener_push(listener, samples, count), "push");
        print_events(listener);
    }
    check(emotion_listener_flush(listener), "flush");
    print_events(listener);
}

int main(void)
{
    classify();
    listen(0);
    listen(16000);
    leave(0);
    return 0;
}
