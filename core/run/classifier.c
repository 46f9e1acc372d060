// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/classifier.h"

#include "core/network/class_map.h"
#include "core/kernels/cpu.h"
#include "core/base/log.h"
#include "core/run/model_info.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"
#include "core/run/calibration.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct classifier {
    struct model_info info;
    struct metadata metadata;
    struct plan *plan;
    struct class_map map;
    char path[256];   // for messages
    int max_batch, n; // n: of the last run
    float *input;     // (max_batch, input_size, input_size)
};

static void describe_map(const struct class_map *map, struct model_info *info) {
    info->map_height = map->f.h;
    info->map_width = map->f.w;
    info->map_x = map->field.x.first;
    info->map_y = map->field.y.first;
    info->map_step_x = map->field.x.step;
    info->map_step_y = map->field.y.step;
}

// In int8 if the file has ranges and the processor is faster so.
static struct plan *make_plan(const char *path, const struct graph *graph,
                              const struct metadata *metadata, int max_batch) {
    const struct kernels *kernels = cpu_kernels();
    const struct int8_kernels *int8 = cpu_int8_kernels(kernels);
    struct ranges ranges;
    if (!ranges_read(path, graph, metadata, &ranges)) {
        return NULL;
    }
    struct plan *plan = int8 && ranges.n > 0
                            ? plan_create_int8(graph, max_batch, kernels, int8, &ranges)
                            : plan_create(graph, max_batch, kernels);
    ranges_finish(&ranges);
    return plan;
}

struct classifier *classifier_create(const char *path, int max_batch) {
    struct metadata metadata = {0};
    struct classifier *classifier = calloc(1, sizeof *classifier);
    struct graph *graph = onnx_read(path, &metadata);
    if (!graph || !model_complete(graph)) {
        goto fail;
    }
    if (!classifier) {
        goto no_memory;
    }
    classifier->metadata = metadata;
    if (!model_info_read(path, graph, &metadata, &classifier->info)) {
        goto fail;
    }
    snprintf(classifier->path, sizeof classifier->path, "%s", path);
    classifier->max_batch = max_batch;
    classifier->plan = make_plan(path, graph, &metadata, max_batch);
    classifier->input =
        calloc((size_t)max_batch, shape_len(graph_input_shape(graph)) * sizeof(float));
    if (!classifier->plan || !class_map_init(&classifier->map, plan_graph(classifier->plan))) {
        goto fail;
    }
    if (!classifier->input) {
        goto no_memory;
    }
    describe_map(&classifier->map, &classifier->info);
    graph_destroy(graph);
    return classifier;
no_memory:
    log_no_memory("the model %s", path);
fail:
    graph_destroy(graph);
    classifier_destroy(classifier);
    return NULL;
}

void classifier_destroy(struct classifier *classifier) {
    if (classifier) {
        class_map_finish(&classifier->map);
        plan_destroy(classifier->plan);
        free(classifier->input);
        free(classifier);
    }
}

const struct model_info *classifier_info(const struct classifier *classifier) {
    return &classifier->info;
}

double classifier_threshold(const struct classifier *classifier, double false_alarms) {
    return false_alarms_threshold(&classifier->metadata, false_alarms);
}

void classifier_input(const struct image *chip, int size, float *out) {
    image_sample(chip, SAMPLING_CENTRE, size, out);
    image_standardise(out, size * size);
}

bool classifier_score(const struct graph *graph, const struct image *chips, int n,
                      const struct kernels *kernels, float *probabilities) {
    struct plan *plan = plan_create(graph, 1, kernels);
    int size = graph_input_shape(graph).h, n_labels = graph_output_shape(graph).c;
    float *input = malloc((size_t)(size * size) * sizeof *input);
    if (!input) {
        log_no_memory("reading faces");
    }
    bool ok = plan && input;
    for (int i = 0; ok && i < n; i++) {
        float *row = probabilities + (size_t)i * (size_t)n_labels;
        if (chips[i].data) {
            classifier_input(&chips[i], size, input);
            plan_run(plan, input, 1, row);
        }
        for (int k = 0; !chips[i].data && k < n_labels; k++) {
            row[k] = NAN;
        }
    }
    free(input);
    plan_destroy(plan);
    return ok;
}

void classifier_run(struct classifier *classifier, const struct image *chips, int n,
                    float *probabilities) {
    int size = classifier->info.input_size;
    for (int i = 0; i < n; i++) {
        classifier_input(&chips[i], size, classifier->input + (size_t)i * (size_t)(size * size));
    }
    plan_run(classifier->plan, classifier->input, n, probabilities);
    classifier->n = n;
}

bool classifier_map(const struct classifier *classifier, int i, int label, float *map) {
    const struct class_map *class_map = &classifier->map;
    assert(i >= 0 && i < classifier->n && label >= 0 && label < classifier->info.n_labels);
    if (class_map->source < 0) {
        LOG(ERROR,
            "%s: this network cannot show where it looks, since it does not end in global average "
            "pooling; choose another model",
            classifier->path);
        return false;
    }
    const float *f = plan_class_features(classifier->plan) + (size_t)i * shape_len(class_map->f);
    class_map_compute(class_map, f, label, map);
    return true;
}
