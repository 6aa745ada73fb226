#include <webp/decode.h>

#include "profile_photo.h"
#include "sampler.h"

/* So many bytes are given to the decoder before the clock is looked at. */
enum { PIECE = 1 << 15 };

static int decode(const profile_photo_source *source, WebPIDecoder *decoder) {
    for (size_t given = 0; given < source->size;) {
        if (profile_photo_clock() > source->deadline) return PROFILE_PHOTO_LATE;
        given = source->size - given > PIECE ? given + PIECE : source->size;
        switch (WebPIUpdate(decoder, source->bytes, given)) {
        case VP8_STATUS_OK: return PROFILE_PHOTO_OK;
        case VP8_STATUS_SUSPENDED: break;
        case VP8_STATUS_OUT_OF_MEMORY: return PROFILE_PHOTO_NO_MEMORY;
        case VP8_STATUS_UNSUPPORTED_FEATURE: return PROFILE_PHOTO_UNSUPPORTED;
        default: return PROFILE_PHOTO_BROKEN;
        }
    }
    return PROFILE_PHOTO_BROKEN;
}

/* libwebp cuts and scales by itself, while it decodes, so that only the square is ever stored. */
int profile_photo_decode_webp(const profile_photo_source *source, uint8_t *rgb) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return PROFILE_PHOTO_UNSUPPORTED;
    if (WebPGetFeatures(source->bytes, source->size, &config.input) != VP8_STATUS_OK) return PROFILE_PHOTO_BROKEN;
    if (config.input.has_animation) return PROFILE_PHOTO_UNSUPPORTED;
    if ((uint32_t)config.input.width != source->width || (uint32_t)config.input.height != source->height)
        return PROFILE_PHOTO_BROKEN;
    uint32_t square = source->width < source->height ? source->width : source->height;
    config.options.use_cropping = 1;
    /* Even, as the format's colours are for two by two pixels. */
    config.options.crop_left = (int)((source->width - square) / 2 & ~1u);
    config.options.crop_top = (int)((source->height - square) / 2 & ~1u);
    config.options.crop_width = config.options.crop_height = (int)square;
    if (source->side < square) {
        config.options.use_scaling = 1;
        config.options.scaled_width = config.options.scaled_height = (int)source->side;
    }
    config.output.colorspace = MODE_RGBA;
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, &config);
    if (!decoder) return PROFILE_PHOTO_NO_MEMORY;
    int status = decode(source, decoder);
    WebPIDelete(decoder);
    photo_sampler sampler;
    if (status == PROFILE_PHOTO_OK) {
        /* Of the same size: it only lays over white. */
        if (photo_sampler_open(&sampler, source->side, source->side, source->side)) {
            for (uint32_t y = 0; y < source->side; y++)
                photo_sampler_add(
                    &sampler, config.output.u.RGBA.rgba + (size_t)y * (size_t)config.output.u.RGBA.stride, 4, y, 0, 1,
                    source->side);
            photo_sampler_finish(&sampler, rgb);
        } else {
            status = PROFILE_PHOTO_NO_MEMORY;
        }
        photo_sampler_close(&sampler);
    }
    WebPFreeDecBuffer(&config.output);
    return status;
}
