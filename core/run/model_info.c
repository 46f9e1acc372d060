// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/model_info.h"

#include "core/base/log.h"
#include "core/network/graph.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MIN_INPUT 8
#define MAX_INPUT 512
#define MAX_OPERATIONS 20000000000LL

// Cuts "a,b,c" into labels; counts at most one more than fits.
static void split_labels(const char *text, struct model_info *info) {
    info->n_labels = 0;
    while (info->n_labels <= MODEL_MAX_LABELS) {
        size_t n = strcspn(text, ",");
        if (info->n_labels < MODEL_MAX_LABELS) {
            snprintf(info->labels[info->n_labels], MODEL_LABEL_LEN, "%.*s",
                     (int)(n < 1000 ? n : 1000), text);
        }
        info->n_labels++;
        if (!text[n]) {
            return;
        }
        text += n + 1;
    }
}

// Rows of words for one expression, as data sets call it.
static const char *const words[][4] = {
    {"smile", "smiling", "happy", "happiness"},
    {"angry", "anger"},
    {"disgust", "disgusted"},
    {"fear", "fearful", "afraid"},
    {"sad", "sadness"},
    {"surprise", "surprised"},
};

static int word_row(const char *label) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (size_t k = 0; k < sizeof *words / sizeof **words && words[i][k]; k++) {
            if (strcasecmp(label, words[i][k]) == 0) {
                return (int)i;
            }
        }
    }
    return -1;
}

bool model_label_is_smile(const char *label) {
    return word_row(label) == 0;
}

bool model_label_same(const char *a, const char *b) {
    int row = word_row(a);
    return strcasecmp(a, b) == 0 || (row >= 0 && row == word_row(b));
}

int model_smile_label(int n_labels, const char labels[][MODEL_LABEL_LEN]) {
    for (int i = 0; i < n_labels; i++) {
        if (model_label_is_smile(labels[i])) {
            return i;
        }
    }
    return -1;
}

// Whether a node's values can be any, as logits are.
static bool is_unbounded(const struct node *node) {
    return node->op != OP_ACTIVATION && node->op != OP_SOFTMAX;
}

static bool add_softmax(struct graph *graph, int logits, bool of_one) {
    char error[GRAPH_ERROR_LEN];
    struct node zero = {.op = OP_PAD, .n_inputs = 1, .inputs = {logits}, .pad.front = 1};
    struct node softmax = {.op = OP_SOFTMAX, .n_inputs = 1, .inputs = {logits}};
    if (of_one) {
        softmax.inputs[0] = graph_add(graph, &zero, error);
    }
    if (softmax.inputs[0] < 0 || graph_add(graph, &softmax, error) < 0) {
        LOG(ERROR, "the network's outputs cannot be completed: %s", error);
        return false;
    }
    return true;
}

bool model_complete(struct graph *graph) {
    int output = graph_output(graph);
    const struct node *last = &graph->nodes[output];
    if (graph->n_outputs > 1 || last->shape.h > 1 || last->shape.w > 1) {
        return true;
    }
    bool one = last->shape.c == 1;
    if (last->op == OP_LOG_SOFTMAX) {
        graph->nodes[output].op = OP_SOFTMAX;
        return true;
    }
    if (one && last->op == OP_ACTIVATION && last->activation.kind == ACT_SIGMOID) {
        int logit = last->inputs[0];
        graph->n_nodes--; // it has no parameters and no reader
        return add_softmax(graph, logit, true);
    }
    if (!is_unbounded(last)) {
        return true;
    }
    LOG(INFO, "the model ends in %s: softmax is added", one ? "a logit" : "logits");
    return add_softmax(graph, output, one);
}

bool model_shape_check(const char *path, const struct graph *graph) {
    struct shape in = graph_input_shape(graph), out = graph_output_shape(graph);
    if (in.c != 1 || in.h != in.w || in.h < MIN_INPUT || in.h > MAX_INPUT || out.h != 1 ||
        out.w != 1 || graph->n_outputs > 1 || graph->nodes[graph_output(graph)].op != OP_SOFTMAX) {
        LOG(ERROR,
            "%s: not a face classifier: it takes %dx%dx%d and gives %dx%dx%d; wanted are one "
            "square grey picture of %d to %d pixels a side and probabilities by softmax",
            path, in.c, in.h, in.w, out.c, out.h, out.w, MIN_INPUT, MAX_INPUT);
        return false;
    }
    if (graph_multiply_adds(graph) > MAX_OPERATIONS) {
        LOG(ERROR, "%s: %lld operations a face are too many to run", path,
            graph_multiply_adds(graph));
        return false;
    }
    return true;
}

bool model_label_valid(const char *label) {
    size_t len = strnlen(label, MODEL_LABEL_LEN);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)label[i];
        if (c < 0x20 || c >= 0x7f || c == ',') {
            return false;
        }
    }
    return len > 0 && len < MODEL_LABEL_LEN;
}

// What a model does not say is as measured with networks that had not seen the faces: beyond it,
// accuracy falls (models/README.md).
static struct quality_limits read_limits(const struct metadata *metadata) {
    return (struct quality_limits){
        .min_face_px = (float)metadata_number(metadata, "smilecam.least_face_px", 0, 1000, 20),
        .min_contrast = (float)metadata_number(metadata, "smilecam.least_contrast", 0, 100, 1),
        .min_sharpness = (float)metadata_number(metadata, "smilecam.least_sharpness", 0, 10, 0.055),
        .max_turn = (float)metadata_number(metadata, "smilecam.most_turn", 0, 9, 1),
    };
}

void model_geometry_read(const struct graph *graph, const struct metadata *metadata,
                         struct model_info *info) {
    int size = graph_input_shape(graph).h;
    info->input_size = size;
    info->chip_size = (int)metadata_number(metadata, "smilecam.chip_size", size, 1024, size);
    info->chip_padding = (float)metadata_number(metadata, "smilecam.chip_padding", 0, 4, 0.25);
}

bool model_info_read(const char *path, const struct graph *graph, const struct metadata *metadata,
                     struct model_info *info) {
    *info = (struct model_info){0};
    struct shape out = graph_output_shape(graph);
    if (!model_shape_check(path, graph)) {
        return false;
    }
    const char *labels = metadata_get(metadata, "smilecam.labels");
    split_labels(labels ? labels : out.c == 2 ? "neutral,smile" : "", info);
    if (info->n_labels != out.c || info->n_labels > MODEL_MAX_LABELS) {
        LOG(ERROR, "%s: its %d outputs are not named by its metadata (smilecam.labels)", path,
            out.c);
        return false;
    }
    for (int i = 0; i < info->n_labels; i++) {
        if (!model_label_valid(info->labels[i])) {
            LOG(ERROR, "%s: its labels (smilecam.labels) are not plain words", path);
            return false;
        }
    }
    info->smile_label =
        model_smile_label(info->n_labels, (const char(*)[MODEL_LABEL_LEN])info->labels);
    model_geometry_read(graph, metadata, info);
    info->threshold = (float)metadata_number(metadata, "smilecam.threshold", 0.01, 0.99, 0.5);
    info->quality = read_limits(metadata);
    info->n_parameters = (int)graph_n_trained(graph);
    info->multiply_adds = graph_multiply_adds(graph);
    const char *description = metadata_get(metadata, "smilecam.description");
    snprintf(info->description, sizeof info->description, "%s", description ? description : path);
    return true;
}

void model_info_write(const struct model_info *info, struct metadata *metadata) {
    char labels[MODEL_MAX_LABELS * MODEL_LABEL_LEN] = "";
    for (int i = 0; i < info->n_labels; i++) {
        size_t used = strlen(labels);
        snprintf(labels + used, sizeof labels - used, "%s%s", i ? "," : "", info->labels[i]);
    }
    metadata_set(metadata, "smilecam.labels", labels);
    metadata_format(metadata, "smilecam.chip_size", "%d", info->chip_size);
    metadata_format(metadata, "smilecam.chip_padding", "%g", (double)info->chip_padding);
    metadata_set(metadata, "smilecam.input",
                 "standardised: (x - mean) / max(deviation, 4) of each picture");
    metadata_set(metadata, "smilecam.alignment",
                 "dlib get_face_chip_details, 68 landmarks, centre crop");
    metadata_format(metadata, "smilecam.threshold", "%g", (double)info->threshold);
    metadata_set(metadata, "smilecam.description", info->description);
}
