#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
/* After jpeglib.h, which it needs. */
#include <jerror.h>

#include "profile_photo.h"
#include "sampler.h"

/* One picture under way. It lives in the caller of the function that calls setjmp, so that its values are certain after
 * longjmp (C11 7.13.2.1). */
typedef struct {
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct decoder;
    struct jpeg_compress_struct encoder;
    photo_sampler sampler;
    uint8_t *row;
    unsigned char *output;
    uint64_t deadline;
    int status;
    jmp_buf jump;
} work;

static void fail(j_common_ptr common, int status) {
    work *work = common->client_data;
    work->status = status;
    longjmp(work->jump, 1);
}

static void on_error(j_common_ptr common) {
    switch (common->err->msg_code) {
    case JERR_NO_BACKING_STORE:
    case JERR_OUT_OF_MEMORY: fail(common, PROFILE_PHOTO_TOO_LARGE); break;
    case JERR_CONVERSION_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED: fail(common, PROFILE_PHOTO_UNSUPPORTED); break;
    default: fail(common, PROFILE_PHOTO_BROKEN);
    }
}

/* Below zero it is a warning: the data is corrupt, and what would be shown is a guess. */
static void on_message(j_common_ptr common, int level) {
    if (level < 0) fail(common, PROFILE_PHOTO_BROKEN);
}

static void on_progress(j_common_ptr common) {
    work *work = common->client_data;
    if (profile_photo_clock() > work->deadline) fail(common, PROFILE_PHOTO_LATE);
}

static void prepare(work *work) {
    memset(work, 0, sizeof *work);
    jpeg_std_error(&work->errors);
    work->errors.error_exit = on_error;
    work->errors.emit_message = on_message;
    work->progress.progress_monitor = on_progress;
    work->decoder.err = work->encoder.err = &work->errors;
    work->decoder.client_data = work->encoder.client_data = work;
}

/* The smallest of libjpeg's fast scales that leaves enough pixels. */
static unsigned scale(const profile_photo_source *source) {
    uint32_t shorter = source->width < source->height ? source->width : source->height;
    unsigned eighths = 1;
    while (eighths < 8 && (shorter * eighths + 7) / 8 < source->side) eighths *= 2;
    return eighths;
}

static int decode(work *work, const profile_photo_source *source, uint8_t *rgb) {
    struct jpeg_decompress_struct *decoder = &work->decoder;
    if (setjmp(work->jump)) return work->status;
    jpeg_create_decompress(decoder);
    decoder->progress = &work->progress;
    decoder->mem->max_memory_to_use = PROFILE_PHOTO_COEFFICIENTS;
    work->deadline = source->deadline;
    jpeg_mem_src(decoder, source->bytes, source->size);
    jpeg_read_header(decoder, TRUE);
    if (decoder->image_width != source->width || decoder->image_height != source->height) return PROFILE_PHOTO_BROKEN;
    decoder->out_color_space = JCS_RGB;
    decoder->scale_num = scale(source);
    decoder->scale_denom = 8;
    jpeg_start_decompress(decoder);
    work->row = malloc((size_t)decoder->output_width * 3);
    if (!work->row || !photo_sampler_open(&work->sampler, decoder->output_width, decoder->output_height, source->side))
        return PROFILE_PHOTO_NO_MEMORY;
    while (decoder->output_scanline < decoder->output_height) {
        uint32_t y = decoder->output_scanline;
        on_progress((j_common_ptr)decoder);
        if (jpeg_read_scanlines(decoder, &work->row, 1) != 1) return PROFILE_PHOTO_BROKEN;
        photo_sampler_add(&work->sampler, work->row, 3, y, 0, 1, decoder->output_width);
    }
    jpeg_finish_decompress(decoder);
    photo_sampler_finish(&work->sampler, rgb);
    return PROFILE_PHOTO_OK;
}

int profile_photo_decode_jpeg(const profile_photo_source *source, uint8_t *rgb) {
    work work;
    prepare(&work);
    int status = decode(&work, source, rgb);
    jpeg_destroy_decompress(&work.decoder);
    photo_sampler_close(&work.sampler);
    free(work.row);
    return status;
}

static int encode(work *work, const uint8_t *rgb, uint32_t side, int quality, unsigned long *size) {
    struct jpeg_compress_struct *encoder = &work->encoder;
    if (setjmp(work->jump)) return work->status;
    jpeg_create_compress(encoder);
    jpeg_mem_dest(encoder, &work->output, size);
    encoder->image_width = encoder->image_height = side;
    encoder->input_components = 3;
    encoder->in_color_space = JCS_RGB;
    jpeg_set_defaults(encoder);
    jpeg_set_quality(encoder, quality, TRUE);
    encoder->optimize_coding = TRUE;
    jpeg_start_compress(encoder, TRUE);
    while (encoder->next_scanline < side) {
        /* libjpeg does not write to it. */
        JSAMPROW row = (JSAMPROW)rgb + (size_t)encoder->next_scanline * side * 3;
        jpeg_write_scanlines(encoder, &row, 1);
    }
    jpeg_finish_compress(encoder);
    return PROFILE_PHOTO_OK;
}

int profile_photo_encode_jpeg(
    const uint8_t *rgb, uint32_t side, int quality, uint8_t *jpeg, size_t capacity, size_t *written) {
    work work;
    unsigned long size = 0;
    prepare(&work);
    int status = encode(&work, rgb, side, quality, &size);
    jpeg_destroy_compress(&work.encoder);
    if (status == PROFILE_PHOTO_OK && size > capacity) status = PROFILE_PHOTO_TOO_LARGE;
    if (status == PROFILE_PHOTO_OK) {
        memcpy(jpeg, work.output, size);
        *written = size;
    }
    free(work.output);
    return status;
}
