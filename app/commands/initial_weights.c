// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/initial_weights.h"

#include "app/system/model_files.h"
#include "app/system/path_name.h"

#include "core/base/log.h"
#include "core/onnx/onnx.h"

#include <stdio.h>
#include <string.h>

static int next_with_params(const struct graph *graph, int node) {
    do {
        node++;
    } while (node < graph->n_nodes && graph->nodes[node].n_params == 0);
    return node;
}

static bool same_params(const struct node *a, const struct node *b) {
    bool same = a->n_params == b->n_params;
    for (int i = 0; same && i < a->n_params; i++) {
        same = strcmp(a->params[i].role, b->params[i].role) == 0 &&
               a->params[i].len == b->params[i].len;
    }
    return same;
}

static bool is_last(const struct graph *graph, int node) {
    return node < graph->n_nodes && next_with_params(graph, node) == graph->n_nodes;
}

// Node by node: the file may lack layers without parameters that only training needs. The last one
// may differ, as the labels do; it is left as it is.
static bool copy_weights(const struct graph *from, struct graph *to, bool *other_labels) {
    int old = next_with_params(from, -1), new = next_with_params(to, -1);
    while (old < from->n_nodes && new < to->n_nodes &&
           same_params(&from->nodes[old], &to->nodes[new])) {
        graph_copy_values(from, old, to, new);
        old = next_with_params(from, old);
        new = next_with_params(to, new);
    }
    *other_labels = is_last(from, old) && is_last(to, new) &&
                    graph_output_shape(from).c != graph_output_shape(to).c;
    return *other_labels || (old == from->n_nodes && new == to->n_nodes);
}

// What the first weights had learnt from, in one line.
static void note_init(struct metadata *sources, const char *path, const struct metadata *of) {
    static const char *const keys[] = {"smilecam.data", "smilecam.others", "smilecam.training"};
    char all[METADATA_VALUE_LEN];
    int len = snprintf(all, sizeof all, "%s", path_base(path));
    for (size_t i = 0; i < sizeof keys / sizeof *keys && len < (int)sizeof all; i++) {
        const char *value = metadata_get(of, keys[i]);
        if (value) {
            len += snprintf(all + len, sizeof all - (size_t)len, "; %s", value);
        }
    }
    metadata_set(sources, "smilecam.init", all);
}

bool initial_weights(struct graph *graph, const char *path, uint64_t seed,
                     struct metadata *sources) {
    struct metadata metadata = {0};
    char shipped[MODEL_PATH_LEN];
    path = model_file_find(path, shipped);
    struct graph *from = onnx_read(path, &metadata);
    struct rng rng;
    bool other_labels = false;
    rng_init(&rng, seed, 0);
    graph_init(graph, &rng);
    bool ok = from && copy_weights(from, graph, &other_labels);
    if (ok && other_labels) {
        LOG(INFO, "%s: has other labels, so the last layer starts from scratch", path);
    } else if (from && !ok) {
        LOG(ERROR, "%s: has another architecture; name its own with --arch", path);
    }
    note_init(sources, path, &metadata);
    graph_destroy(from);
    return ok;
}
