// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/nhwc.h"

#include "core/base/aligned_memory.h"

#include <string.h>

struct nhwc nhwc_of(struct shape shape, int border, const struct kernels *kernels) {
    int lanes = kernels->lanes;
    return (struct nhwc){shape, (shape.c + lanes - 1) / lanes * lanes, border};
}

ptrdiff_t nhwc_row(const struct nhwc *b) {
    return (ptrdiff_t)(b->shape.w + 2 * b->border) * b->pitch;
}

ptrdiff_t nhwc_at(const struct nhwc *b, int y, int x) {
    return (y + b->border) * nhwc_row(b) + (ptrdiff_t)(x + b->border) * b->pitch;
}

size_t nhwc_len(const struct nhwc *b) {
    size_t len = (size_t)(b->shape.h + 2 * b->border) * (size_t)nhwc_row(b);
    return aligned_round(len + MAX_PIXELS);
}

static void fill_border(const struct nhwc *b, size_t size, int value, unsigned char *to) {
    if (b->border == 0) {
        return;
    }
    size_t row = (size_t)nhwc_row(b) * size, side = (size_t)(b->border * b->pitch) * size;
    size_t band = (size_t)b->border * row;
    memset(to, value, band);
    memset(to + band + (size_t)b->shape.h * row, value, band);
    for (int y = 0; y < b->shape.h; y++) {
        unsigned char *line = to + band + (size_t)y * row;
        memset(line, value, side);
        memset(line + row - side, value, side);
    }
}

void nhwc_clear_border(const struct nhwc *b, real *to) {
    fill_border(b, sizeof *to, 0, (unsigned char *)to);
}

void nhwc_fill_border(const struct nhwc *b, uint8_t value, uint8_t *to) {
    fill_border(b, 1, value, to);
}

void nhwc_from_nchw(const struct nhwc *b, const real *x, bool add, real *to) {
    struct shape s = b->shape;
    ptrdiff_t area = (ptrdiff_t)s.h * s.w;
    for (int i = 0; i < s.h; i++, x += s.w) {
        real *pixel = to + nhwc_at(b, i, 0);
        if (b->pitch == 1 && !add) {
            memcpy(pixel, x, (size_t)s.w * sizeof *x);
            continue;
        }
        for (int j = 0; j < s.w; j++, pixel += b->pitch) {
            for (int c = 0; c < s.c; c++) {
                pixel[c] = add ? pixel[c] + x[c * area + j] : x[c * area + j];
            }
            for (int c = s.c; c < b->pitch; c++) {
                pixel[c] = 0;
            }
        }
    }
}

void nhwc_to_nchw(const struct nhwc *b, const real *from, bool add, real *x) {
    struct shape s = b->shape;
    for (int c = 0; c < s.c; c++) {
        for (int i = 0; i < s.h; i++, x += s.w) {
            const real *pixel = from + nhwc_at(b, i, 0) + c;
            for (int j = 0; j < s.w; j++, pixel += b->pitch) {
                x[j] = add ? x[j] + *pixel : *pixel;
            }
        }
    }
}
