// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/detector.h"

#include "core/base/log.h"
#include "core/base/metadata.h"
#include "core/base/min_max.h"
#include "core/kernels/cpu.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OVERLAP 0.45f
#define MAX_CANDIDATES 512
#define MAX_OPERATIONS 40000000000LL // multiply-adds for an image

struct detector {
    struct graph *graph;
    float threshold;
    real levels[256];  // detector_levels
    int width, height; // of the plan's input; 0: no plan yet
    struct plan *plan;
    struct object_maps maps;
    real *x, *y;
    struct object candidates[MAX_CANDIDATES];
};

bool object_maps_of(const struct graph *graph, const char *name, struct object_maps *maps) {
    struct shape in = graph_input_shape(graph);
    *maps = (struct object_maps){.n = graph_n_outputs(graph)};
    bool good = in.c == 1;
    for (int i = 0; i < maps->n && good; i++) {
        struct shape out = graph->nodes[graph_output_at(graph, i)].shape;
        int stride = in.h / out.h, labels = out.c - OBJECT_BOX_CHANNELS;
        good = out.h * stride == in.h && out.w * stride == in.w && labels >= 1 &&
               labels <= DETECTOR_MAX_LABELS && (i == 0 || labels == maps->n_labels);
        maps->n_labels = labels;
        maps->grids[i] = (struct object_grid){stride, out.h, out.w};
    }
    if (!good) {
        LOG(ERROR,
            "%s: not a detector: it takes %dx%dx%d; wanted are one grey image, and maps of a logit "
            "for each label and four numbers for the box as outputs",
            name, in.c, in.h, in.w);
    }
    return good;
}

static struct detector *create(struct graph *graph, const char *name) {
    struct detector *detector = calloc(1, sizeof *detector);
    if (!detector) {
        log_no_memory("the detector %s", name);
        graph_destroy(graph);
        return NULL;
    }
    detector->graph = graph;
    detector->threshold = 0.5f;
    detector_levels(detector->levels);
    if (!object_maps_of(graph, name, &detector->maps)) {
        detector_destroy(detector);
        return NULL;
    }
    return detector;
}

struct detector *detector_create(const char *path) {
    struct metadata metadata = {0};
    struct graph *graph = onnx_read(path, &metadata);
    struct detector *detector = graph ? create(graph, path) : NULL;
    if (detector) {
        detector->threshold =
            (float)metadata_number(&metadata, "smilecam.threshold", 0.001, 0.999, 0.5);
    }
    return detector;
}

struct detector *detector_of(const struct graph *graph, const char *name) {
    struct graph *copy = graph_copy(graph);
    return copy ? create(copy, name) : NULL;
}

struct detector *detector_clone(const struct detector *detector) {
    struct detector *clone = detector_of(detector->graph, "the detector");
    if (clone) {
        clone->threshold = detector->threshold;
    }
    return clone;
}

static void drop_plan(struct detector *detector) {
    plan_destroy(detector->plan);
    free(detector->x);
    free(detector->y);
    detector->plan = NULL;
    detector->x = detector->y = NULL;
    detector->width = detector->height = 0;
}

void detector_destroy(struct detector *detector) {
    if (detector) {
        drop_plan(detector);
        graph_destroy(detector->graph);
        free(detector);
    }
}

float detector_threshold(const struct detector *detector) {
    return detector->threshold;
}

static bool make_plan(struct detector *detector, const struct graph *graph) {
    if (graph_multiply_adds(graph) > MAX_OPERATIONS) {
        LOG(ERROR, "%lld operations to find faces in an image of %dx%d are too many; shrink it",
            graph_multiply_adds(graph), detector->width, detector->height);
        return false;
    }
    detector->plan = plan_create(graph, 1, cpu_kernels());
    detector->x = malloc(shape_len(graph_input_shape(graph)) * sizeof *detector->x);
    detector->y = malloc(graph_outputs_len(graph) * sizeof *detector->y);
    if (!detector->x || !detector->y) {
        return log_no_memory("finding faces");
    }
    return detector->plan && object_maps_of(graph, "the detector", &detector->maps);
}

static int up_to_step(int x) {
    return (x + DETECTOR_STEP - 1) / DETECTOR_STEP * DETECTOR_STEP;
}

bool detector_resize(struct detector *detector, int width, int height) {
    width = up_to_step(width);
    height = up_to_step(height);
    if (width == detector->width && height == detector->height) {
        return true;
    }
    drop_plan(detector);
    struct graph *graph = graph_resized(detector->graph, height, width);
    detector->width = width;
    detector->height = height;
    bool ok = graph && make_plan(detector, graph);
    graph_destroy(graph);
    if (!ok) {
        drop_plan(detector);
    }
    return ok;
}

void detector_levels(real levels[256]) {
    for (int i = 0; i < 256; i++) {
        levels[i] = (real)(log2(i + 4.0) / 1.5 - 4);
    }
}

// Beyond the image: 0.
static void take_input(struct detector *detector, const struct image *grey) {
    real *out = detector->x;
    int width = detector->width, seen = min_int(grey->width, width);
    for (int y = 0; y < min_int(grey->height, detector->height); y++, out += width) {
        const uint8_t *row = grey->data + y * grey->stride;
        for (int x = 0; x < seen; x++) {
            out[x] = detector->levels[row[x]];
        }
        memset(out + seen, 0, (size_t)(width - seen) * sizeof *out);
    }
    size_t below = (size_t)max_int(detector->height - grey->height, 0) * (size_t)width;
    memset(out, 0, below * sizeof *out);
}

int detector_run(struct detector *detector, const struct image *grey, float threshold,
                 struct object *found, int capacity) {
    const struct object_maps *maps = &detector->maps;
    take_input(detector, grey);
    plan_run(detector->plan, detector->x, 1, detector->y);
    const real *map = detector->y;
    int n = 0;
    for (int i = 0; i < maps->n; i++) {
        const struct object_grid *grid = &maps->grids[i];
        n = objects_decode(grid, maps->n_labels, map, threshold, detector->candidates, n,
                           MAX_CANDIDATES);
        map += (ptrdiff_t)(maps->n_labels + OBJECT_BOX_CHANNELS) * grid->rows * grid->columns;
    }
    n = min_int(objects_suppress(detector->candidates, n, MAX_OVERLAP), capacity);
    memcpy(found, detector->candidates, (size_t)n * sizeof *found);
    return n;
}
