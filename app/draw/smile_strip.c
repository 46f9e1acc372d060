// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/smile_strip.h"

#include <math.h>

static struct strip_bin *bin_at(struct smile_strip *strip, int64_t number) {
    return &strip->bins[number % STRIP_BINS];
}

static void go_to(struct smile_strip *strip, int64_t number) {
    if (number < strip->newest || number >= strip->newest + STRIP_BINS) {
        *strip = (struct smile_strip){.newest = number};
    }
    while (strip->newest < number) {
        *bin_at(strip, ++strip->newest) = (struct strip_bin){0};
    }
}

void smile_strip_add(struct smile_strip *strip, double t, const struct analysis *analysis) {
    go_to(strip, t > 0 && t < 1e9 ? (int64_t)(t * STRIP_BINS_PER_S) : 0);
    struct strip_bin *bin = bin_at(strip, strip->newest);
    for (int i = 0; i < analysis->n_faces; i++) {
        const struct face_view *face = &analysis->faces[i];
        bin->present = true;
        bin->smiling = bin->smiling || face->smiling;
        bin->score = fmaxf(bin->score, face->shown_score);
    }
}

struct strip_bin smile_strip_at(const struct smile_strip *strip, int i) {
    int64_t number = strip->newest - (STRIP_BINS - 1) + i;
    static const struct strip_bin none;
    return number < 0 ? none : strip->bins[number % STRIP_BINS];
}
