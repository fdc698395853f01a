// A listener in C++, in static memory.
#include "emotion.h"
#include "model.h"

static EMOTION_MEMORY(memory, EMOTION_LISTENER_BYTES(MODEL_ARENA_BYTES, MODEL_SAMPLE_RATE, MODEL_SAMPLE_RATE));

int main()
{
    emotion_listener *listener = nullptr;
    emotion_error error = emotion_listener_init(memory, sizeof memory, model, sizeof model, nullptr, &listener);
    return error == EMOTION_ERROR_NONE && emotion_listener_stage(listener) == EMOTION_STAGE_ASLEEP ? 0 : 1;
}
