// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analyser.h"

// A clip in memory, so that timing its analysis times nothing else.

struct bench_clip {
    int n;
    struct image *pictures; // PIXEL_BGRX32
    double rate_hz;
};

// n_faces demo faces, each smiling at its own times, in frames of that size. False (logged) without
// memory. Call bench_clip_finish whatever this returns.
bool bench_clip_draw(struct bench_clip *clip, int width, int height, int n_faces);

// Whether a video file can be read; logged if not.
bool bench_clip_opens(const char *path);

// The first frames of a video file, scaled to that size.
bool bench_clip_read(struct bench_clip *clip, const char *path, int width, int height);

void bench_clip_finish(struct bench_clip *clip); // legal on a zeroed clip

struct bench_cost {
    double cpu_ms;         // of all threads, per frame, on average
    double p50_ms, p99_ms; // from frame to result
    double faces;          // found per frame, on average
};

// Analyses n_frames of the clip, played forwards and backwards, after a warm-up. False (logged) on
// failure.
bool bench_clip_analyse(const struct bench_clip *clip, const struct analyser_options *options,
                        int n_frames, struct bench_cost *cost);
