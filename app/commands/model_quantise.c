// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/model_quantise.h"

#include "app/system/exit_codes.h"

#include "core/run/range_observer.h"
#include "core/kernels/cpu.h"
#include "core/train/dataset.h"
#include "core/base/log.h"
#include "core/run/classifier.h"
#include "core/onnx/onnx.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// Runs every face of the crops through the network; returns how many there were.
static int add_faces(struct range_observer *range_observer, const struct dataset *dataset, int size,
                     float *input) {
    int n = 0;
    for (int i = 0; i < dataset->n; i++) {
        if (dataset->crops[i].found) {
            struct image chip = dataset_chip(dataset, i);
            classifier_input(&chip, size, input);
            range_observer_add(range_observer, input);
            n++;
        }
    }
    return n;
}

static bool fits(const char *path, const struct dataset *dataset, const struct model_info *info) {
    if (dataset->chip_size != info->chip_size || dataset->chip_padding != info->chip_padding) {
        LOG(ERROR, "%s: its chips have %d pixels and padding %g, but the model needs %d and %g",
            path, dataset->chip_size, (double)dataset->chip_padding, info->chip_size,
            (double)info->chip_padding);
        return false;
    }
    return true;
}

static bool measure(const struct graph *graph, const char *crops, const struct model_info *info,
                    struct ranges *ranges, int *n_faces) {
    struct dataset dataset = {0};
    struct range_observer *range_observer = NULL;
    size_t pixels = (size_t)info->input_size * (size_t)info->input_size;
    float *input = malloc(pixels * sizeof *input);
    if (!input) {
        log_no_memory("the faces of %s", crops);
    }
    bool ok = input && dataset_read(&dataset, crops) && fits(crops, &dataset, info) &&
              (range_observer = range_observer_create(graph, cpu_kernels()));
    if (ok) {
        *n_faces = add_faces(range_observer, &dataset, info->input_size, input);
        ok = *n_faces > 0 && range_observer_ranges(range_observer, ranges);
        if (*n_faces == 0) {
            LOG(ERROR, "%s: has no face to measure ranges on", crops);
        }
    }
    range_observer_destroy(range_observer);
    dataset_finish(&dataset);
    free(input);
    return ok;
}

// What is read again must be the network that was measured.
static bool same_again(const char *path) {
    struct metadata metadata = {0};
    struct ranges ranges = {0};
    struct graph *graph = onnx_read(path, &metadata);
    bool ok = graph && ranges_read(path, graph, &metadata, &ranges);
    ranges_finish(&ranges);
    graph_destroy(graph);
    if (!ok) {
        unlink(path);
    }
    return ok;
}

enum exit_code model_quantise(const char *model, const char *crops, const char *output) {
    struct metadata metadata = {0};
    struct model_info info;
    struct ranges ranges = {0};
    int n_faces = 0, code = EXIT_CODE_INPUT;
    struct graph *graph = onnx_read(model, &metadata);
    if (graph && model_complete(graph) && model_info_read(model, graph, &metadata, &info) &&
        measure(graph, crops, &info, &ranges, &n_faces) && ranges_write(&ranges, &metadata)) {
        code = onnx_write(graph, &metadata, output) && same_again(output) ? EXIT_CODE_OK
                                                                          : EXIT_CODE_OUTPUT;
    }
    if (code == EXIT_CODE_OK) {
        printf("%s: the ranges of %d faces written to %s\n", model, n_faces, output);
    }
    ranges_finish(&ranges);
    graph_destroy(graph);
    return code;
}
