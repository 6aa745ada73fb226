#ifndef PROFILE_PHOTO_H
#define PROFILE_PHOTO_H

#include <stddef.h>
#include <stdint.h>

/*
 * Photos of libjpeg-turbo, libpng and libwebp, made into small squares.
 *
 * In C because libjpeg and libpng report errors by longjmp, which must not cross frames of Swift, and because what is
 * done for each of 25 million pixels belongs beside the decoder that yields them.
 *
 * A picture is never in memory as a whole: its rows are added to the square's sums as they are decoded. What is larger
 * than a row: the sums (6 MiB), the coefficients of a JPEG with several scans (at most PROFILE_PHOTO_COEFFICIENTS), and
 * what libwebp keeps of a lossless picture, which the caller bounds by its pixels.
 *
 * THREAD: any; block for as long as the work takes, at most until the deadline, which is of the thread's own processor
 * time: a busy machine makes a photo late, and not too much work.
 */

enum {
    /* The most bytes that libjpeg may keep of a JPEG with several scans. */
    PROFILE_PHOTO_COEFFICIENTS = 44 << 20,
};

/* How it ended. */
enum {
    PROFILE_PHOTO_OK = 0,
    /* Truncated, malformed, or with a warning of libjpeg. */
    PROFILE_PHOTO_BROKEN = 1,
    /* Well-formed, but of a kind that is not taken, such as CMYK. */
    PROFILE_PHOTO_UNSUPPORTED = 2,
    /* Would need too much memory. */
    PROFILE_PHOTO_TOO_LARGE = 3,
    /* The deadline has passed. */
    PROFILE_PHOTO_LATE = 4,
    /* malloc failed. */
    PROFILE_PHOTO_NO_MEMORY = 5,
};

/* A picture and what is wanted of it. Borrowed for the call. */
typedef struct {
    const uint8_t *_Nonnull bytes;
    size_t size;
    /* As its header says, which the caller has checked; another size is PROFILE_PHOTO_BROKEN. */
    uint32_t width;
    uint32_t height;
    /* Pixels of a side of the square that is wanted: 1 to the smaller of width and height. */
    uint32_t side;
    /* By profile_photo_clock. */
    uint64_t deadline;
} profile_photo_source;

/* Nanoseconds that the calling thread has worked. */
uint64_t profile_photo_clock(void);

/* Each decodes the middle square of the picture into `rgb`, side * side * 3 bytes of the caller's, by averaging areas;
 * what is transparent lies over white. Metadata is not looked at. */
int profile_photo_decode_jpeg(const profile_photo_source *_Nonnull source, uint8_t *_Nonnull rgb);
int profile_photo_decode_png(const profile_photo_source *_Nonnull source, uint8_t *_Nonnull rgb);
int profile_photo_decode_webp(const profile_photo_source *_Nonnull source, uint8_t *_Nonnull rgb);

/* Averages a square down to a smaller one (1 to side pixels a side). */
int profile_photo_shrink(const uint8_t *_Nonnull rgb, uint32_t side, uint8_t *_Nonnull smaller, uint32_t smaller_side);

/* Encodes a square as baseline JPEG without any metadata, of `quality` 1 to 100. PROFILE_PHOTO_TOO_LARGE when it does
 * not fit into `capacity`; else `written` is its size. */
int profile_photo_encode_jpeg(
    const uint8_t *_Nonnull rgb,
    uint32_t side,
    int quality,
    uint8_t *_Nonnull jpeg,
    size_t capacity,
    size_t *_Nonnull written);

#endif
