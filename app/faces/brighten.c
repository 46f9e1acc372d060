// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/brighten.h"

#define SAMPLED 8       // every so many pixels, in each direction
#define BRIGHTEST 0.001 // share of the pixels that may become white: less than the smallest face
#define MOST_GAIN 16
#define LEAST_TOP 8 // a picture with fewer grey levels is noise, to be left alone
#define WHITE 255
#define ROOM 1.25 // the light may grow by so much before the gain falls again

// The grey level that all but the brightest pixels keep to.
static int top_level(const struct image *grey) {
    int histogram[WHITE + 1] = {0}, n = 0, above = 0, level = WHITE;
    for (int y = SAMPLED / 2; y < grey->height; y += SAMPLED) {
        const uint8_t *row = grey->data + y * grey->stride;
        for (int x = SAMPLED / 2; x < grey->width; x += SAMPLED) {
            histogram[row[x]]++;
            n++;
        }
    }
    while (level > 0 && above + histogram[level] <= (int)(BRIGHTEST * (double)n)) {
        above += histogram[level--];
    }
    return level;
}

static int choose_gain(int gain, int top) {
    if (top < LEAST_TOP) {
        return 1;
    }
    gain = gain > 0 ? gain : MOST_GAIN;
    while (gain > 1 && top * gain > WHITE) {
        gain /= 2;
    }
    while (gain < MOST_GAIN && ROOM * 2 * gain * top <= WHITE) {
        gain *= 2;
    }
    return gain;
}

const struct image *brightener_apply(struct brightener *brightener, const struct image *grey) {
    brightener->gain = choose_gain(brightener->gain, top_level(grey));
    if (brightener->gain < BRIGHTENER_LEAST_GAIN) {
        return grey;
    }
    struct image *bright = &brightener->picture;
    if (!image_resize_storage(bright, grey->width, grey->height, PIXEL_GREY8)) {
        return NULL;
    }
    for (int y = 0; y < grey->height; y++) {
        const uint8_t *from = grey->data + y * grey->stride;
        uint8_t *to = bright->data + y * bright->stride;
        for (int x = 0; x < grey->width; x++) {
            int level = from[x] * brightener->gain;
            to[x] = (uint8_t)(level < WHITE ? level : WHITE);
        }
    }
    return bright;
}

void brightener_finish(struct brightener *brightener) {
    image_finish(&brightener->picture);
}
