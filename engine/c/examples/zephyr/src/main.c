/* A PDM microphone by Zephyr's DMIC interface, in blocks of 20 ms at 16 kHz. */
#include "emotion.h"
#include "model.h"

#include <zephyr/audio/dmic.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

LOG_MODULE_REGISTER(hear);

#define MICROPHONE_RATE 16000
#define BLOCK_BYTES (MICROPHONE_RATE / 50 * 2)

K_MEM_SLAB_DEFINE_STATIC(blocks, BLOCK_BYTES, 8, 4);

static EMOTION_MEMORY(memory, EMOTION_LISTENER_BYTES(MODEL_ARENA_BYTES, MICROPHONE_RATE, MODEL_SAMPLE_RATE));

static int start(const struct device *microphone)
{
    struct pcm_stream_cfg stream = {
        .pcm_rate = MICROPHONE_RATE, .pcm_width = 16, .block_size = BLOCK_BYTES, .mem_slab = &blocks,
    };
    struct dmic_cfg config = {
        .io = { .min_pdm_clk_freq = 1000000, .max_pdm_clk_freq = 3500000, .min_pdm_clk_dc = 40, .max_pdm_clk_dc = 60 },
        .streams = &stream,
        .channel = {
            .req_num_streams = 1, .req_num_chan = 1,
            .req_chan_map_lo = dmic_build_channel_map(0, 0, PDM_CHAN_LEFT),
        },
    };
    int error = dmic_configure(microphone, &config);
    return error < 0 ? error : dmic_trigger(microphone, DMIC_TRIGGER_START);
}

int main(void)
{
    const struct device *microphone = DEVICE_DT_GET(DT_NODELABEL(dmic_dev));
    emotion_listener *listener;
    emotion_settings settings = emotion_default_settings();
    settings.microphone_rate = MICROPHONE_RATE;
    emotion_error error = emotion_listener_init(memory, sizeof memory, model, sizeof model, &settings, &listener);
    if (error != EMOTION_ERROR_NONE) {
        LOG_ERR("%s", emotion_error_name(error));
        return 0;
    }
    if (!device_is_ready(microphone) || start(microphone) < 0) {
        LOG_ERR("no microphone");
        return 0;
    }
    for (;;) {
        void *block;
        size_t bytes;
        emotion_event event;
        if (dmic_read(microphone, 0, &block, &bytes, 1000) < 0) {
            LOG_WRN("a block was lost");
            continue;
        }
        emotion_listener_push(listener, block, bytes / sizeof(int16_t));
        k_mem_slab_free(&blocks, block);
        while (emotion_listener_next_event(listener, &event)) {
            if (event.kind == EMOTION_EVENT_KIND_EMOTION) {
                LOG_INF("%s, %lu %%", event.opinion.label, (unsigned long)EMOTION_PERCENT(event.opinion.confidence));
            }
        }
    }
}
