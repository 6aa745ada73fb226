#include "sampler.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "profile_photo.h"

int photo_sampler_open(photo_sampler *sampler, uint32_t width, uint32_t height, uint32_t side) {
    uint32_t square = width < height ? width : height;
    memset(sampler, 0, sizeof *sampler);
    sampler->square = square;
    sampler->left = (width - square) / 2;
    sampler->top = (height - square) / 2;
    sampler->side = side;
    sampler->sums = calloc((size_t)side * side * 3, sizeof(uint64_t));
    sampler->line = calloc((size_t)side * 3, sizeof(uint32_t));
    sampler->first = malloc(square * sizeof(uint32_t));
    sampler->covered = malloc(square * sizeof(uint32_t));
    if (!sampler->sums || !sampler->line || !sampler->first || !sampler->covered) return 0;
    for (uint32_t pixel = 0; pixel < square; pixel++) {
        uint64_t begin = (uint64_t)pixel * side, end = begin + side;
        uint64_t cell = begin / square, border = (cell + 1) * square;
        sampler->first[pixel] = (uint32_t)cell;
        sampler->covered[pixel] = (uint32_t)((end < border ? end : border) - begin);
    }
    return 1;
}

void photo_sampler_close(photo_sampler *sampler) {
    free(sampler->sums);
    free(sampler->line);
    free(sampler->first);
    free(sampler->covered);
    memset(sampler, 0, sizeof *sampler);
}

static uint32_t over_white(uint32_t value, uint32_t alpha) {
    return (value * alpha + 255 * (255 - alpha) + 127) / 255;
}

void photo_sampler_add(
    photo_sampler *sampler, const uint8_t *pixels, int channels, uint32_t y, uint32_t x, uint32_t step, uint32_t count) {
    if (y < sampler->top || y - sampler->top >= sampler->square) return;
    const uint32_t side = sampler->side, square = sampler->square, left = sampler->left;
    uint32_t *const line = sampler->line;
    memset(line, 0, (size_t)side * 3 * sizeof *line);
    for (uint32_t index = 0; index < count; index++, x += step, pixels += channels) {
        if (x < left) continue;
        uint32_t place = x - left;
        if (place >= square) break;
        uint32_t red = pixels[0], green = pixels[1], blue = pixels[2];
        if (channels == 4 && pixels[3] != 255) {
            red = over_white(red, pixels[3]);
            green = over_white(green, pixels[3]);
            blue = over_white(blue, pixels[3]);
        }
        uint32_t *cell = line + 3 * sampler->first[place];
        uint32_t covered = sampler->covered[place], rest = side - covered;
        cell[0] += covered * red;
        cell[1] += covered * green;
        cell[2] += covered * blue;
        /* There is a next cell whenever something is left for it. */
        if (rest) {
            cell[3] += rest * red;
            cell[4] += rest * green;
            cell[5] += rest * blue;
        }
    }
    uint32_t row = sampler->first[y - sampler->top], covered = sampler->covered[y - sampler->top];
    uint32_t rest = side - covered;
    uint64_t *sums = sampler->sums + (size_t)row * side * 3;
    for (uint32_t index = 0; index < side * 3; index++) sums[index] += (uint64_t)line[index] * covered;
    if (!rest) return;
    sums += (size_t)side * 3;
    for (uint32_t index = 0; index < side * 3; index++) sums[index] += (uint64_t)line[index] * rest;
}

void photo_sampler_finish(const photo_sampler *sampler, uint8_t *rgb) {
    uint64_t whole = (uint64_t)sampler->square * sampler->square;
    size_t count = (size_t)sampler->side * sampler->side * 3;
    for (size_t index = 0; index < count; index++) rgb[index] = (uint8_t)((sampler->sums[index] + whole / 2) / whole);
}

int profile_photo_shrink(const uint8_t *rgb, uint32_t side, uint8_t *smaller, uint32_t smaller_side) {
    photo_sampler sampler;
    int status = PROFILE_PHOTO_NO_MEMORY;
    if (photo_sampler_open(&sampler, side, side, smaller_side)) {
        for (uint32_t y = 0; y < side; y++) photo_sampler_add(&sampler, rgb + (size_t)y * side * 3, 3, y, 0, 1, side);
        photo_sampler_finish(&sampler, smaller);
        status = PROFILE_PHOTO_OK;
    }
    photo_sampler_close(&sampler);
    return status;
}

uint64_t profile_photo_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
