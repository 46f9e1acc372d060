// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/bench_stages.h"
#include "app/system/standard_streams.h"

#include "core/kernels/cpu.h"
#include "core/base/log.h"
#include "app/analysis/analyser.h"
#include "app/system/clock.h"
#include "app/system/exit_codes.h"
#include "app/analysis/smile_classifier.h"
#include "app/system/json.h"
#include "app/system/model_files.h"
#include "app/sources/demo/demo_face.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// One thread, on the demo face: the same picture everywhere, so that machines can be compared.
struct bench {
    int width, height, runs;
    struct image picture, grey;
    struct face_detector *detector;
    struct face_points *points;
    struct smile_classifier *classifier;
    struct face face;
    struct image chip;
};

static bool bench_grey(struct bench *b) {
    return picture_convert(&b->picture, &b->grey);
}

static bool bench_find(struct bench *b) {
    struct face_box found[MAX_FACES];
    float min_face_px = (float)b->height / FACES_PER_HEIGHT;
    int n = face_detector_find(b->detector, &b->grey, min_face_px, found, MAX_FACES);
    b->face.box = found[0].box;
    return n > 0;
}

static bool bench_points(struct bench *b) {
    return face_points_place(b->points, &b->grey, b->face.box, b->face.points);
}

static bool bench_chip(struct bench *b) {
    return face_chip(&b->grey, b->face.points, smile_classifier_info(b->classifier)->chip_padding,
                     &b->chip);
}

static bool bench_read(struct bench *b) {
    struct sighting sighting = {.face = b->face};
    smile_classifier_read(b->classifier, &b->grey, &sighting, 1);
    return !isnan(sighting.smile);
}

static const struct {
    const char *name, *what;
    bool (*run)(struct bench *);
} stages[] = {
    {"grey", "colour to grey", bench_grey},
    {"find", "find all faces in the frame", bench_find},
    {"landmarks", "five landmarks of one face", bench_points},
    {"chip", "cut out and align one face", bench_chip},
    {"classify", "cut out and classify one face", bench_read},
};

static int by_time(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool print_stage(size_t i, const int64_t *sorted, int n, bool json) {
    double least = 1e-6 * (double)sorted[0], median = 1e-6 * (double)sorted[n / 2];
    double p95 = 1e-6 * (double)sorted[n * 95 / 100];
    if (json) {
        return json_write_line(json_pack("{s:s, s:i, s:o, s:o, s:o}", "stage", stages[i].name,
                                         "runs", n, "min_ms", json_rounded(least, 4), "median_ms",
                                         json_rounded(median, 4), "p95_ms", json_rounded(p95, 4)),
                               stdout);
    }
    return printf("%-46s %8.3f %8.3f %8.3f\n", stages[i].what, least, median, p95) > 0;
}

static enum exit_code run_stages(struct bench *b, bool json) {
    static int64_t times[BENCH_MAX_RUNS];
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        for (int r = -2; r < b->runs; r++) { // two to warm up
            int64_t began = clock_now_ns();
            if (!stages[i].run(b)) {
                LOG(ERROR, "bench: could not %s", stages[i].what);
                return EXIT_CODE_USAGE;
            }
            times[r < 0 ? 0 : r] = clock_now_ns() - began;
        }
        qsort(times, (size_t)b->runs, sizeof *times, by_time);
        if (!print_stage(i, times, b->runs, json)) {
            standard_output_fail();
            return EXIT_CODE_OUTPUT;
        }
    }
    return EXIT_CODE_OK;
}

static bool prepare(struct bench *b, const char *model) {
    char path[MODEL_PATH_LEN];
    b->classifier = smile_classifier_create(model, NULL);
    b->detector = face_detector_create(&(struct face_detector_options){0});
    b->points = face_points_create(model_file_landmarks(path));
    int chip = b->classifier ? smile_classifier_info(b->classifier)->chip_size : 1;
    if (!b->classifier || !b->detector || !b->points ||
        !image_init(&b->picture, b->width, b->height, PIXEL_BGRX32) ||
        !image_init(&b->grey, b->width, b->height, PIXEL_GREY8) ||
        !image_init(&b->chip, chip, chip, PIXEL_GREY8)) {
        return false;
    }
    demo_draw(&b->picture, 0.7);
    return true;
}

enum exit_code bench_stages_run(int width, int height, int runs, const char *model, bool json) {
    struct bench b = {.width = width, .height = height, .runs = runs};
    enum exit_code code = EXIT_CODE_USAGE;
    if (prepare(&b, model)) {
        if (!json) {
            printf(
                "Demo face, %dx%d, one thread, %d runs; kernels %s, dlib %s\n\n%-46s %8s %8s %8s\n",
                width, height, runs, cpu_kernels()->name, dlib_instructions(), "", "min ms",
                "median", "p95");
        }
        code = run_stages(&b, json);
    }
    image_finish(&b.picture);
    image_finish(&b.grey);
    image_finish(&b.chip);
    face_points_destroy(b.points);
    face_detector_destroy(b.detector);
    smile_classifier_destroy(b.classifier);
    return code;
}
