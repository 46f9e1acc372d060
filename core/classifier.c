// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "classifier.h"

#include "cpu.h"
#include "log.h"
#include "model_info.h"
#include "onnx.h"
#include "plan.h"

#include <stdlib.h>
#include <string.h>

struct classifier {
    struct model_info info;
    struct plan *plan;
    int max_batch;
    float *input; // (max_batch, input_size, input_size)
};

// In whole numbers if the file has ranges and the processor is faster so.
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
    if (!model_info_read(path, graph, &metadata, &classifier->info)) {
        goto fail;
    }
    classifier->max_batch = max_batch;
    classifier->plan = make_plan(path, graph, &metadata, max_batch);
    classifier->input =
        calloc((size_t)max_batch, shape_len(graph_input_shape(graph)) * sizeof(float));
    if (!classifier->plan) {
        goto fail;
    }
    if (!classifier->input) {
        goto no_memory;
    }
    graph_destroy(graph);
    return classifier;
no_memory:
    LOG(ERROR, "%s: no memory to load the model", path);
fail:
    graph_destroy(graph);
    classifier_destroy(classifier);
    return NULL;
}

void classifier_destroy(struct classifier *classifier) {
    if (classifier) {
        plan_destroy(classifier->plan);
        free(classifier->input);
        free(classifier);
    }
}

const struct model_info *classifier_info(const struct classifier *classifier) {
    return &classifier->info;
}

void classifier_run(struct classifier *classifier, const struct image *chips, int n,
                    float *probabilities) {
    int size = classifier->info.input_size;
    for (int i = 0; i < n; i++) {
        float *input = classifier->input + (size_t)i * (size_t)(size * size);
        image_sample(&chips[i], SAMPLING_CENTRE, size, input);
        image_standardise(input, size * size);
    }
    plan_run(classifier->plan, classifier->input, n, probabilities);
}
