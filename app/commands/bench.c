// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "../exit_codes.h"
#include "../face_reader.h"
#include "../json_line.h"
#include "../options.h"
#include "../sources/source.h"
#include "command.h"

#include "../../core/cpu.h"
#include "../../core/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_RUNS 1000

// One thread, on the demo face: the same picture everywhere, so that machines can be compared.
struct bench {
    int width, height, runs;
    struct image picture, grey;
    struct face_finder *finder;
    struct face_reader *reader;
    struct face faces[MAX_FACES];
    struct image chip;
};

static bool bench_grey(struct bench *b) {
    return picture_convert(&b->picture, &b->grey);
}

// At the scale that live uses by default: faces of a sixth of the height and up.
static bool bench_find(struct bench *b) {
    float scale = 80.0f / ((float)b->height / 6);
    return face_finder_find(b->finder, &b->grey, scale < 2 ? scale : 2, 0, b->faces, MAX_FACES) > 0;
}

static bool bench_landmarks(struct bench *b) {
    return face_finder_landmarks(b->finder, &b->grey, b->faces[0].box, b->faces[0].landmarks);
}

static bool bench_chip(struct bench *b) {
    return face_chip(&b->grey, b->faces[0].landmarks, face_reader_info(b->reader)->chip_padding,
                     &b->chip);
}

static bool bench_read(struct bench *b) {
    return face_reader_read(b->reader, &b->grey, b->faces, 1) != NULL;
}

static const struct {
    const char *name, *what;
    bool (*run)(struct bench *);
} stages[] = {
    {"grey", "colour to grey", bench_grey},
    {"find", "find the face and its landmarks, whole frame", bench_find},
    {"landmarks", "68 landmarks in a known box", bench_landmarks},
    {"chip", "cut out and align one face", bench_chip},
    {"classify", "cut out and classify one face", bench_read},
};

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

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

static int run_stages(struct bench *b, bool json) {
    static int64_t times[MAX_RUNS];
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        for (int r = -2; r < b->runs; r++) { // two to warm up
            int64_t began = now_ns();
            if (!stages[i].run(b)) {
                LOG(ERROR, "bench: could not %s", stages[i].what);
                return EXIT_CODE_USAGE;
            }
            times[r < 0 ? 0 : r] = now_ns() - began;
        }
        qsort(times, (size_t)b->runs, sizeof *times, by_time);
        if (!print_stage(i, times, b->runs, json)) {
            LOG(ERROR, "standard output: %s", strerror(errno));
            return EXIT_CODE_OUTPUT;
        }
    }
    return EXIT_CODE_OK;
}

static int bench(struct bench *b, const char *model, bool json) {
    int code = EXIT_CODE_USAGE;
    b->reader = face_reader_create(model);
    b->finder = b->reader ? face_finder_create(NULL) : NULL;
    int chip = b->reader ? face_reader_info(b->reader)->chip_size : 1;
    if (b->finder && image_init(&b->picture, b->width, b->height, PIXEL_BGRX32) &&
        image_init(&b->grey, b->width, b->height, PIXEL_GREY8) &&
        image_init(&b->chip, chip, chip, PIXEL_GREY8)) {
        demo_draw(&b->picture, 0.7);
        if (!json) {
            printf("demo face, %dx%d, one thread, %s kernels, %d runs\n\n%-46s %8s %8s %8s\n",
                   b->width, b->height, cpu_kernels()->name, b->runs, "", "min ms", "median",
                   "p95");
        }
        code = run_stages(b, json);
    }
    image_finish(&b->picture);
    image_finish(&b->grey);
    image_finish(&b->chip);
    face_finder_destroy(b->finder);
    face_reader_destroy(b->reader);
    return code;
}

static int run(int argc, char **argv) {
    struct bench b = {0};
    const char *model = NULL;
    bool json = false;
    const struct option_spec specs[] = {
        {.name = "width",
         .kind = OPTION_INT,
         .target = &b.width,
         .argument = "PX",
         .help = "of the frame",
         .fallback = "1280",
         .minimum = 320,
         .maximum = 3840},
        {.name = "height",
         .kind = OPTION_INT,
         .target = &b.height,
         .argument = "PX",
         .help = "of the frame",
         .fallback = "720",
         .minimum = 240,
         .maximum = 2160},
        {.name = "runs",
         .kind = OPTION_INT,
         .target = &b.runs,
         .argument = "N",
         .help = "of each stage",
         .fallback = "50",
         .minimum = 1,
         .maximum = MAX_RUNS},
        {.name = "model",
         .kind = OPTION_TEXT,
         .target = &model,
         .argument = "FILE",
         .help = "another model than the shipped one",
         .environment = "SMILECAM_MODEL"},
        {.name = "json", .kind = OPTION_FLAG, .target = &json, .help = "one JSON object a stage"},
    };
    const struct option_table table = {
        .command = "bench",
        .operands = "",
        .summary = "Measures what each stage costs on this machine, on one thread.",
        .specs = specs,
        .n_specs = sizeof specs / sizeof *specs,
    };
    enum options_outcome outcome = options_parse(&table, argc, argv, NULL);
    if (outcome != OPTIONS_RUN) {
        return outcome == OPTIONS_DONE ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    return bench(&b, model, json);
}

const struct command command_bench = {"bench", "what each stage costs on this machine", run};
