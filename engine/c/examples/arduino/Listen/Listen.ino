// An Arduino Nano 33 BLE Sense's microphone: who speaks when, with which emotion, on the serial port.
#include <PDM.h>

#include "emotion.h"
#include "model.h"

#define MICROPHONE_RATE 16000
#define BLOCK 256

static EMOTION_MEMORY(memory, EMOTION_LISTENER_BYTES(MODEL_ARENA_BYTES, MICROPHONE_RATE, MODEL_SAMPLE_RATE));
static emotion_listener *listener;

// The interrupt fills blocks, which the loop hears.
static short blocks[8][BLOCK];
static volatile unsigned long filled, lost;
static unsigned long heard;

static void onData()
{
    short words[BLOCK];
    PDM.read(words, sizeof words);
    if (filled - heard < 8) {
        memcpy(blocks[filled % 8], words, sizeof words);
        filled = filled + 1;
    } else {
        lost = lost + 1;
    }
}

void setup()
{
    Serial.begin(115200);
    emotion_settings settings = emotion_default_settings();
    settings.microphone_rate = MICROPHONE_RATE;
    emotion_error error = emotion_listener_init(memory, sizeof memory, model, sizeof model, &settings, &listener);
    if (error != EMOTION_ERROR_NONE) {
        Serial.println(emotion_error_name(error));
    }
    PDM.onReceive(onData);
    PDM.setBufferSize(2 * BLOCK);
    if (!PDM.begin(1, MICROPHONE_RATE)) {
        Serial.println("no microphone");
    }
}

void loop()
{
    if (heard == filled) {
        return;
    }
    emotion_listener_push(listener, blocks[heard % 8], BLOCK);
    heard++;
    emotion_event event;
    while (emotion_listener_next_event(listener, &event)) {
        if (event.kind == EMOTION_EVENT_KIND_EMOTION) {
            Serial.print(event.opinion.label);
            Serial.print(" ");
            Serial.println(EMOTION_PERCENT(event.opinion.confidence));
        }
    }
    if (lost > 0) {
        Serial.println("blocks were lost");
        lost = 0;
    }
}
