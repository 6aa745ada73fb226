#ifndef PROFILE_PHOTO_SAMPLER_H
#define PROFILE_PHOTO_SAMPLER_H

#include <stddef.h>
#include <stdint.h>

/* Averages the middle square of a picture into a smaller square. Exact: a pixel of the picture is `side` units wide and
 * one of the square `square` units; each pixel adds its value times the units it covers. Rows, and pixels of a row, may
 * come in any order (interlaced PNG), each once. */
typedef struct {
    uint32_t square; /* side of the middle square, in pixels of the picture */
    uint32_t left, top;
    uint32_t side;
    uint64_t *sums;    /* side * side * 3 */
    uint32_t *line;    /* side * 3 */
    uint32_t *first;   /* for each pixel of the middle square: the cell where it begins */
    uint32_t *covered; /* and how many of its units are there; the rest is in the next cell */
} photo_sampler;

/* 0 when memory is short. What it has is freed by `photo_sampler_close` in any case. */
int photo_sampler_open(photo_sampler *sampler, uint32_t width, uint32_t height, uint32_t side);
/* `count` pixels of row `y`: those at x, x + step, … ; of 3 (RGB) or 4 bytes (RGBA, laid over white). */
void photo_sampler_add(
    photo_sampler *sampler, const uint8_t *pixels, int channels, uint32_t y, uint32_t x, uint32_t step, uint32_t count);
void photo_sampler_finish(const photo_sampler *sampler, uint8_t *rgb);
void photo_sampler_close(photo_sampler *sampler);


#endif
