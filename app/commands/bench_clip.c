// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/bench_clip.h"

#include "core/base/log.h"
#include "app/sources/demo/demo_face.h"
#include "app/sources/source.h"

#include <stdlib.h>
#include <time.h>

#define CLIP_S 2.0
#define RATE_HZ 30.0
#define MAX_BYTES 400e6 // of one clip
#define WARM_UP 10      // frames

static bool allocate(struct bench_clip *clip, int width, int height) {
    int max = (int)(MAX_BYTES / (4.0 * width * height)), wanted = (int)(CLIP_S * RATE_HZ);
    int n = max < wanted ? max : wanted;
    *clip = (struct bench_clip){.rate_hz = RATE_HZ};
    clip->pictures = calloc((size_t)n, sizeof *clip->pictures);
    while (clip->pictures && clip->n < n &&
           image_init(&clip->pictures[clip->n], width, height, PIXEL_BGRX32)) {
        clip->n++;
    }
    if (clip->n < n) {
        return log_no_memory("%d frames of %dx%d pixels", n, width, height);
    }
    return true;
}

void bench_clip_finish(struct bench_clip *clip) {
    for (int i = 0; i < clip->n; i++) {
        image_finish(&clip->pictures[i]);
    }
    free(clip->pictures);
    *clip = (struct bench_clip){0};
}

// As many columns as keep the tiles closest to square.
static int columns_for(int n, int width, int height) {
    int best = 1;
    double least = 1e9;
    for (int columns = 1; columns <= n; columns++) {
        double tile_w = (double)width / columns;
        double tile_h = (double)height / ((n + columns - 1) / columns);
        double shape = tile_w > tile_h ? tile_w / tile_h : tile_h / tile_w;
        if (tile_w >= 160 && tile_h >= 120 && shape < least) {
            least = shape;
            best = columns;
        }
    }
    return best;
}

bool bench_clip_draw(struct bench_clip *clip, int width, int height, int n_faces) {
    int columns = columns_for(n_faces, width, height), rows = (n_faces + columns - 1) / columns;
    if (!allocate(clip, width, height)) {
        return false;
    }
    for (int i = 0; i < clip->n; i++) {
        for (int k = 0; k < columns * rows; k++) {
            int x = k % columns * width / columns, y = k / columns * height / rows;
            struct image tile =
                image_view(&clip->pictures[i], x, y, width / columns, height / rows);
            if (k < n_faces) {
                demo_draw(&tile, i / RATE_HZ + 1.3 * k + 1);
            }
        }
    }
    return true;
}

bool bench_clip_opens(const char *path) {
    struct source *source = source_file.create(path, NULL);
    source_close(source);
    return source != NULL;
}

bool bench_clip_read(struct bench_clip *clip, const char *path, int width, int height) {
    struct source *source = source_file.create(path, &(struct source_options){0});
    struct frame frame = {0};
    bool good = source && allocate(clip, width, height);
    int n = 0;
    while (good && n < clip->n && source_read(source, &frame) == SOURCE_FRAME) {
        good = picture_resize(&frame.picture, &clip->pictures[n++]);
    }
    for (int i = n; good && i < clip->n; i++) {
        image_finish(&clip->pictures[i]);
    }
    clip->n = good ? n : clip->n;
    clip->rate_hz = source && source->info.rate_hz > 0 ? source->info.rate_hz : RATE_HZ;
    image_finish(&frame.picture);
    source_close(source);
    return good && n > 0;
}

// ---- measuring ----

static double clock_ms(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static const struct image *forth_and_back(const struct bench_clip *clip, int i) {
    int period = 2 * clip->n - 2 > 0 ? 2 * clip->n - 2 : 1, at = i % period;
    return &clip->pictures[at < clip->n ? at : period - at];
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool run(struct analyser *analyser, const struct bench_clip *clip, int from, int to,
                double *times_ms, struct bench_cost *cost) {
    static struct analysis analysis;
    for (int i = from; i < to; i++) {
        struct frame frame = {.picture = *forth_and_back(clip, i),
                              .media_ns = (int64_t)(i * 1e9 / clip->rate_hz),
                              .number = (uint64_t)i};
        double began_ms = clock_ms(CLOCK_MONOTONIC);
        if (!analyser_run(analyser, &frame, &analysis)) {
            return false;
        }
        times_ms[i - from] = clock_ms(CLOCK_MONOTONIC) - began_ms;
        cost->faces += (double)analysis.n_faces / (to - from);
    }
    return true;
}

// Memory that was not used for a while is slow the first time on virtual machines; a camera's
// frames are fresh.
static void refresh(const struct bench_clip *clip) {
    for (int i = 0; i < clip->n; i++) {
        const struct image *picture = &clip->pictures[i];
        for (ptrdiff_t at = 0; at < picture->stride * picture->height; at += 64) {
            (void)*(const volatile uint8_t *)(picture->data + at);
        }
    }
}

bool bench_clip_analyse(const struct bench_clip *clip, const struct analyser_options *options,
                        int n_frames, struct bench_cost *cost) {
    struct analyser *analyser = analyser_create(options);
    *cost = (struct bench_cost){0};
    double *times_ms = calloc((size_t)n_frames + WARM_UP, sizeof *times_ms);
    bool good = analyser && times_ms && run(analyser, clip, 0, WARM_UP, times_ms, cost);
    *cost = (struct bench_cost){0};
    refresh(clip);
    double began_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    good = good && run(analyser, clip, WARM_UP, WARM_UP + n_frames, times_ms, cost);
    if (good) {
        cost->cpu_ms = (clock_ms(CLOCK_PROCESS_CPUTIME_ID) - began_ms) / n_frames;
        qsort(times_ms, (size_t)n_frames, sizeof *times_ms, by_size);
        cost->p50_ms = times_ms[n_frames / 2];
        cost->p99_ms = times_ms[n_frames * 99 / 100];
    }
    free(times_ms);
    analyser_destroy(analyser);
    return good;
}
