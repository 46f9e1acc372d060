// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/eval_boxes.h"
#include "app/system/standard_streams.h"

#include "app/reports/box_page.h"
#include "app/system/json.h"

#include "core/base/log.h"
#include "core/run/metrics.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRECISION 0.95

static const char *const names[] = {
    [FACE_DETECTOR_NETWORK] = "network", [FACE_DETECTOR_HOG] = "hog"};

struct measurement {
    const struct eval_boxes *options;
    struct box_set boxes;
    struct scene_set scenes;
    enum image_use *uses;
};

static bool measure(const struct measurement *m, struct face_detector *detector,
                    enum box_condition condition, struct box_measure *measure) {
    return box_measure_run(measure, &m->boxes, &m->scenes, m->uses,
                           m->options->held_out ? (int)USE_TEST : -1, detector, condition,
                           m->options->side);
}

static bool print_json(const char *detector, enum box_condition condition,
                       const struct box_measure *m, float threshold) {
    float strict;
    double recall = box_measure_recall(m, PRECISION, &strict);
    json_t *row = json_pack(
        "{s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:i}", "detector", detector,
        "condition", box_condition_name(condition), "images", m->n_images, "faces", m->n_faces,
        "average_precision", json_rounded(box_measure_average_precision(m), 6),
        "recall_at_precision_95", json_rounded(recall, 6), "threshold_at_precision_95",
        json_rounded((double)strict, 6), "threshold", json_rounded((double)threshold, 6), "recall",
        json_rounded(box_measure_recall_at(m, threshold), 6), "precision",
        json_rounded(box_measure_precision_at(m, threshold), 6), "images_without_faces", m->n_empty,
        "of_them_with_a_find", box_measure_false_images(m, threshold));
    return json_write_line(row, stdout);
}

static void print_row(const char *detector, enum box_condition condition,
                      const struct box_measure *m, float threshold) {
    float strict;
    double recall = box_measure_recall(m, PRECISION, &strict);
    double at = box_measure_recall_at(m, threshold);
    printf("%-8s %-28s %6.3f %8.3f %9.2f %8.3f +- %.3f %8.3f\n", detector,
           box_condition_name(condition), box_measure_average_precision(m), recall, (double)strict,
           at, wilson_half_interval(at, m->n_faces), box_measure_precision_at(m, threshold));
}

// ---- by size and flags ----

static void print_share(const char *name, const struct box_measure *m, const bool *belongs,
                        float threshold) {
    int n = 0, found = 0;
    for (int i = 0; i < m->n_faces; i++) {
        n += belongs[i];
        found += belongs[i] && m->faces[i].score >= threshold;
    }
    if (n > 0) {
        double share = (double)found / n;
        printf("  %-26s %6.3f +- %.3f of %d\n", name, share, wilson_half_interval(share, n), n);
    }
}

static void print_sizes(const struct box_measure *m, bool *belongs, float threshold) {
    static const struct {
        const char *name;
        float from, to;
    } sizes[] = {
        {"40 to 60 px at 640", 40, 60}, {"60 to 100 px", 60, 100}, {"from 100 px", 100, 1e9f}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        for (int i = 0; i < m->n_faces; i++) {
            belongs[i] = m->faces[i].size >= sizes[k].from && m->faces[i].size < sizes[k].to;
        }
        print_share(sizes[k].name, m, belongs, threshold);
    }
}

static void print_flags(const struct box_set *boxes, const struct box_measure *m, bool *belongs,
                        float threshold) {
    static const struct {
        const char *name, *key;
        int value;
    } flags[] = {{"blurred", "blur", 1},
                 {"strongly blurred", "blur", 2},
                 {"partly covered", "occl", 1},
                 {"largely covered", "occl", 2},
                 {"turned or tilted", "pose", 1},
                 {"extreme light", "illum", 1},
                 {"exaggerated expression", "expr", 1}};
    for (size_t k = 0; k < sizeof flags / sizeof *flags; k++) {
        for (int i = 0; i < m->n_faces; i++) {
            belongs[i] =
                labelled_box_flag(&boxes->boxes[m->faces[i].face], flags[k].key) == flags[k].value;
        }
        print_share(flags[k].name, m, belongs, threshold);
    }
}

// ---- by folder ----

static bool same_folder(const char *a, const char *b) {
    const char *p = strrchr(a, '/'), *q = strrchr(b, '/');
    return p && q && p - a == q - b && strncmp(a, b, (size_t)(p - a)) == 0;
}

static bool print_folder(const struct measurement *of, const struct box_measure *m, int first,
                         bool *belongs, float threshold) {
    const char *name = of->boxes.images[first].name, *slash = strrchr(name, '/');
    struct box_measure part;
    float strict;
    for (int i = 0; i < of->boxes.n; i++) {
        belongs[i] = same_folder(name, of->boxes.images[i].name);
    }
    bool ok = box_measure_part(m, belongs, &part);
    if (ok && part.n_faces > 0) {
        double recall = box_measure_recall(&part, PRECISION, &strict);
        printf("  %-26.*s %6.3f recall, %.3f precision; at precision 0.95 recall %.3f, of %d\n",
               slash ? (int)(slash - name) : 1, slash ? name : ".",
               box_measure_recall_at(&part, threshold), box_measure_precision_at(&part, threshold),
               recall, part.n_faces);
    }
    box_measure_finish(&part);
    return ok;
}

static bool print_folders(const struct measurement *of, const struct box_measure *m,
                          float threshold) {
    bool *belongs = calloc((size_t)of->boxes.n, sizeof *belongs);
    bool ok = belongs || log_no_memory("measuring faces");
    for (int i = 0; ok && i < of->boxes.n; i++) {
        bool first = true;
        for (int k = 0; k < i && first; k++) {
            first = !same_folder(of->boxes.images[k].name, of->boxes.images[i].name);
        }
        ok = !first || print_folder(of, m, i, belongs, threshold);
    }
    free(belongs);
    return ok;
}

static bool print_groups(const struct measurement *of, const struct box_measure *m,
                         float threshold) {
    bool *belongs = calloc((size_t)m->n_faces + 1, sizeof *belongs);
    if (!belongs) {
        return log_no_memory("measuring faces");
    }
    printf("recall at the threshold %.2f\n", (double)threshold);
    print_sizes(m, belongs, threshold);
    print_flags(&of->boxes, m, belongs, threshold);
    if (m->n_empty > 0) {
        printf("images without a face        %d, in %d of them something is found\n", m->n_empty,
               box_measure_false_images(m, threshold));
    }
    free(belongs);
    return print_folders(of, m, threshold);
}

// ---- one detector ----

// Prints the rows of one detector; of the images as they are, *as_is is kept.
static bool measure_detector(const struct measurement *of, enum face_detector_kind kind,
                             struct box_measure *as_is, float *threshold) {
    struct face_detector_options options = {kind, of->options->model};
    struct face_detector *detector = face_detector_create(&options);
    bool ok = detector;
    *threshold = detector ? face_detector_thresholds(detector).start : 0;
    for (int c = 0; ok && c < N_BOX_CONDITIONS; c++) {
        struct box_measure other = {0}, *m = c == BOXES_AS_IS ? as_is : &other;
        ok = measure(of, detector, (enum box_condition)c, m);
        if (ok && of->options->json) {
            ok = print_json(names[kind], (enum box_condition)c, m, *threshold);
        } else if (ok) {
            print_row(names[kind], (enum box_condition)c, m, *threshold);
            ok = c > 0 || kind == FACE_DETECTOR_HOG || print_groups(of, m, *threshold);
        }
        box_measure_finish(&other);
    }
    face_detector_destroy(detector);
    return ok;
}

static enum exit_code measure_all(const struct measurement *of) {
    struct box_measure network = {0}, hog = {0};
    float threshold, ignored;
    enum exit_code code = EXIT_CODE_USAGE;
    if (!of->options->json) {
        printf("%-8s %-28s %6s %8s %9s %8s          %8s\n", "detector", "images", "AP", "R@P.95",
               "threshold", "recall", "precision");
    }
    if (measure_detector(of, FACE_DETECTOR_NETWORK, &network, &threshold) &&
        measure_detector(of, FACE_DETECTOR_HOG, &hog, &ignored)) {
        const struct box_page page = {.boxes = &of->boxes,
                                      .scenes = &of->scenes,
                                      .threshold = threshold,
                                      .n = 2,
                                      .names = {names[0], names[1]},
                                      .measures = {&network, &hog}};
        bool written = fflush(stdout) == 0 && !ferror(stdout);
        if (!written) {
            standard_output_fail();
        }
        written = written && (!of->options->report || box_page_write(&page, of->options->report));
        code = written ? EXIT_CODE_OK : EXIT_CODE_OUTPUT;
    }
    box_measure_finish(&network);
    box_measure_finish(&hog);
    return code;
}

enum exit_code eval_boxes_run(const struct eval_boxes *options) {
    struct measurement m = {.options = options};
    struct thread_pool *threads = thread_pool_create(options->threads);
    int n_unreadable = 0;
    enum exit_code code = EXIT_CODE_INPUT;
    if (threads && box_set_open(&m.boxes, options->path) &&
        scene_reader_read(&m.boxes, threads, &m.scenes, &m.uses, &n_unreadable)) {
        code = measure_all(&m);
        code = code == EXIT_CODE_OK && n_unreadable > 0 ? EXIT_CODE_PARTIAL : code;
    }
    scene_set_finish(&m.scenes);
    box_set_close(&m.boxes);
    free(m.uses);
    thread_pool_destroy(threads);
    return code;
}
