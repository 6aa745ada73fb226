#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "profile_photo.h"
#include "sampler.h"

/* One picture under way; in the caller of the function that calls setjmp, as in jpeg.c. */
typedef struct {
    png_structp png;
    png_infop info;
    photo_sampler sampler;
    uint8_t *row;
    const uint8_t *next;
    size_t left;
} work;

/* libpng's own would print. */
static void on_error(png_structp png, png_const_charp message) {
    (void)message;
    png_longjmp(png, 1);
}

/* What libpng warns of is in chunks that are not used. */
static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
    work *work = png_get_io_ptr(png);
    if (count > work->left) png_error(png, "truncated");
    memcpy(bytes, work->next, count);
    work->next += count;
    work->left -= count;
}

static int decode(work *work, const profile_photo_source *source, uint8_t *rgb) {
    png_structp png = work->png;
    if (setjmp(png_jmpbuf(png))) return PROFILE_PHOTO_BROKEN;
    png_set_read_fn(png, work, read_bytes);
    png_set_user_limits(png, source->width, source->height);
    png_set_chunk_malloc_max(png, 1 << 20);
    png_set_chunk_cache_max(png, 16);
    /* Text, profiles, Exif and all others that pixels do not need are skipped, not unpacked. */
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, work->info);
    if (png_get_image_width(png, work->info) != source->width) return PROFILE_PHOTO_BROKEN;
    if (png_get_image_height(png, work->info) != source->height) return PROFILE_PHOTO_BROKEN;
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_read_update_info(png, work->info);
    int channels = png_get_channels(png, work->info);
    if ((channels != 3 && channels != 4) || png_get_bit_depth(png, work->info) != 8) return PROFILE_PHOTO_UNSUPPORTED;
    work->row = malloc(png_get_rowbytes(png, work->info));
    if (!work->row || !photo_sampler_open(&work->sampler, source->width, source->height, source->side))
        return PROFILE_PHOTO_NO_MEMORY;
    /* An interlaced picture is seven small ones (PNG 8.2), whose pixels are added where they belong. */
    int interlaced = png_get_interlace_type(png, work->info) == PNG_INTERLACE_ADAM7;
    for (int pass = 0; pass < (interlaced ? 7 : 1); pass++) {
        uint32_t rows = interlaced ? PNG_PASS_ROWS(source->height, pass) : source->height;
        uint32_t columns = interlaced ? PNG_PASS_COLS(source->width, pass) : source->width;
        if (columns == 0) continue;
        for (uint32_t row = 0; row < rows; row++) {
            if (profile_photo_clock() > source->deadline) return PROFILE_PHOTO_LATE;
            png_read_row(png, work->row, NULL);
            if (interlaced)
                photo_sampler_add(
                    &work->sampler, work->row, channels, PNG_ROW_FROM_PASS_ROW(row, pass), PNG_PASS_START_COL(pass),
                    1u << PNG_PASS_COL_SHIFT(pass), columns);
            else
                photo_sampler_add(&work->sampler, work->row, channels, row, 0, 1, columns);
        }
    }
    png_read_end(png, NULL);
    photo_sampler_finish(&work->sampler, rgb);
    return PROFILE_PHOTO_OK;
}

int profile_photo_decode_png(const profile_photo_source *source, uint8_t *rgb) {
    work work;
    memset(&work, 0, sizeof work);
    work.next = source->bytes;
    work.left = source->size;
    work.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    if (work.png) work.info = png_create_info_struct(work.png);
    int status = work.info ? decode(&work, source, rgb) : PROFILE_PHOTO_NO_MEMORY;
    png_destroy_read_struct(&work.png, &work.info, NULL);
    photo_sampler_close(&work.sampler);
    free(work.row);
    return status;
}
