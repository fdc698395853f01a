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
