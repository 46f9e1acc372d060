// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/layer_summary.h"
#include "app/system/model_files.h"
#include "app/commands/command.h"
#include "app/commands/model_calibrate.h"
#include "app/commands/model_quantise.h"

#include "core/network/arch.h"
#include "core/kernels/cpu.h"
#include "core/base/log.h"
#include "core/run/autoencoder.h"
#include "core/run/detector.h"
#include "core/run/model_info.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_architecture(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot && strcmp(dot, ".net") == 0;
}

static size_t node_parameters(const struct node *node) {
    size_t n = 0;
    for (int p = 0; p < node->n_params; p++) {
        n += node->params[p].trained ? node->params[p].len : 0;
    }
    return n;
}

static void describe_inputs(const struct node *node, int index, char *text, size_t room) {
    text[0] = 0;
    if (node->n_inputs == 1 && node->inputs[0] == index - 1) {
        return; // the line above, as everyone expects
    }
    for (int i = 0; i < node->n_inputs; i++) {
        size_t used = strlen(text);
        snprintf(text + used, room - used, "%s%d", i ? ", " : "of ", node->inputs[i]);
    }
}

static void print_layers(const struct graph *graph) {
    printf("%4s  %-24s %-12s %10s %13s %8s\n", "", "layer", "output", "parameters", "multiply-adds",
           "memory");
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];
        char layer[96], shape[40], inputs[80];
        layer_summary(node, layer, sizeof layer);
        describe_inputs(node, i, inputs, sizeof inputs);
        snprintf(shape, sizeof shape, "%dx%dx%d", node->shape.c, node->shape.h, node->shape.w);
        printf("%4d  %-24s %-12s %10zu %13lld %5.1f kB%s%s\n", i, layer, shape,
               node_parameters(node), node_multiply_adds(graph, i),
               1e-3 * (double)(shape_len(node->shape) * sizeof(real)), *inputs ? "  " : "", inputs);
    }
}

static enum exit_code print_info(const char *path, const struct graph *graph,
                                 const struct metadata *metadata) {
    struct plan *plan = plan_create(graph, 1, cpu_kernels());
    if (!plan) {
        return EXIT_CODE_USAGE;
    }
    printf("%s\n\n", path);
    print_layers(graph);
    printf("\nparameters      %zu (%.2f MB)\n", graph_n_trained(graph),
           4e-6 * (double)graph_n_trained(graph));
    printf("multiply-adds   %.2f million a sample\n", 1e-6 * (double)graph_multiply_adds(graph));
    printf("memory to run   %.2f MB with %s kernels\n", 1e-6 * (double)plan_memory(plan),
           cpu_kernels()->name);
    for (int i = 0; i < metadata->n; i++) {
        printf("%s%s: %s\n", i ? "" : "\n", metadata->entries[i].key, metadata->entries[i].value);
    }
    plan_destroy(plan);
    return EXIT_CODE_OK;
}

// The outputs for one random input, by the kernels of the reference, in y:(n), and by how much
// those of any other table differ from them. NaN when one is not a number. False (logged) without
// memory.
static bool run_everywhere(const struct graph *graph, float *y, double *worst) {
    const struct kernels *tables[8];
    int n_tables = cpu_list(tables, 8); // the reference is the last
    size_t n = graph_outputs_len(graph), n_in = shape_len(graph_input_shape(graph));
    float *x = calloc(n_in, sizeof *x), *other = calloc(n, sizeof *other);
    bool ok = (x && other) || log_no_memory("checking a model");
    struct rng rng;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; ok && i < n_in; i++) {
        x[i] = (float)rng_normal(&rng);
    }
    *worst = 0;
    for (int t = n_tables - 1; ok && t >= 0; t--) {
        struct plan *plan = plan_create(graph, 1, tables[t]);
        ok = plan;
        if (plan) {
            plan_run(plan, x, 1, t == n_tables - 1 ? y : other);
            plan_destroy(plan);
        }
        for (size_t i = 0; ok && t < n_tables - 1 && i < n; i++) {
            double difference = fabs((double)other[i] - (double)y[i]);
            *worst = difference <= *worst ? *worst : difference; // NaN stays
        }
    }
    free(x);
    free(other);
    return ok;
}

static bool are_probabilities(const float *y, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += (double)y[i];
    }
    return fabs(sum - 1) < 1e-3; // false for NaN
}

static bool are_finite(const float *y, size_t n) {
    size_t i = 0;
    while (i < n && isfinite(y[i])) {
        i++;
    }
    return i == n;
}

// What the model is, in words; false (logged) when it is neither a classifier of faces nor a
// detector nor an autoencoder.
static bool identify(const char *path, const struct graph *graph, const struct metadata *metadata,
                     bool *classifies, char *words, size_t room) {
    struct model_info info;
    struct object_maps maps;
    struct shape out = graph_output_shape(graph);
    *classifies = out.h == 1 && out.w == 1;
    if (autoencoder_is(graph)) {
        snprintf(words, room, "an autoencoder");
        return true;
    }
    bool ok = *classifies ? model_info_read(path, graph, metadata, &info)
                          : object_maps_of(graph, path, &maps);
    if (ok && *classifies) {
        snprintf(words, room, "%d labels", info.n_labels);
    } else if (ok) {
        snprintf(words, room, "%d maps of objects", maps.n);
    }
    return ok;
}

// Runs the model with every kernel table: the answers must make sense, and agree.
static enum exit_code check(const char *path, const struct graph *graph,
                            const struct metadata *metadata) {
    char words[64];
    bool classifies;
    double worst;
    if (!identify(path, graph, metadata, &classifies, words, sizeof words)) {
        return EXIT_CODE_INPUT;
    }
    const struct kernels *tables[8];
    size_t n = graph_outputs_len(graph);
    float *y = calloc(n, sizeof *y);
    enum exit_code code = EXIT_CODE_USAGE;
    if (y && run_everywhere(graph, y, &worst)) {
        bool sane = classifies ? are_probabilities(y, (int)n) : are_finite(y, n);
        code = EXIT_CODE_INPUT;
        if (!sane) {
            LOG(ERROR, "%s: its answers are not %s; train it again", path,
                classifies ? "probabilities" : "finite numbers");
        } else if (!(worst < (classifies ? 1e-4 : 1e-3))) { // logits and logarithms are larger
            LOG(ERROR, "%s: the kernels disagree by %g on this model; please report it", path,
                worst);
        } else {
            printf("%s: ok: %s, %d kernel sets agree to %.1e\n", path, words, cpu_list(tables, 8),
                   worst);
            code = EXIT_CODE_OK;
        }
    }
    free(y);
    return code;
}

static enum exit_code describe(bool info, const char *path) {
    struct metadata metadata = {0};
    struct graph *graph =
        info && is_architecture(path) ? arch_read(path) : onnx_read(path, &metadata);
    if (!graph) {
        return EXIT_CODE_INPUT;
    }
    enum exit_code code = info                    ? print_info(path, graph, &metadata)
                          : model_complete(graph) ? check(path, graph, &metadata)
                                                  : EXIT_CODE_INPUT;
    graph_destroy(graph);
    return code;
}

static enum exit_code quantise(const struct operands *operands, const char *output) {
    if (operands->n != 3 || !output) {
        LOG(ERROR, "model: expected quantise MODEL.onnx CROPS -o OUT.onnx");
        return EXIT_CODE_USAGE;
    }
    return model_quantise(operands->items[1], operands->items[2], output);
}

static enum exit_code calibrate(const struct operands *operands, const char *output) {
    if (operands->n != 3 || !output) {
        LOG(ERROR, "model: expected calibrate MODEL.onnx SCORES.csv -o OUT.onnx");
        return EXIT_CODE_USAGE;
    }
    return model_calibrate(operands->items[1], operands->items[2], output);
}

struct values {
    const char *output;
};

static const struct option_spec specs[] = {
    OPTION("output", 'o', TEXT, struct values, output, .argument = "OUT",
           .help = N_("model to write, for calibrate and quantise")),
};

static const struct option_table table = {
    .command = "model",
    .operands = "info|check|calibrate|quantise FILE.onnx [FROM]",
    .summary = N_(
        "info: print the layers, sizes and metadata of a model (or of an architecture file, "
        ".net).\n"
        "check: verify that a model is complete and gives the same answers with every kernel set.\n"
        "calibrate: fit the probabilities to held-out scores (FROM, of smilecam cv) and record the "
        "false alarm rate of each threshold.\n"
        "quantise: record the activation ranges that int8 needs, from the faces of a crops file "
        "(FROM); processors with AVX2 or VNNI then run the new model in int8."),
    .verbs = "info|check|calibrate|quantise",
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
    .min_operands = 2,
    .max_operands = 3,
};

static enum exit_code run(int argc, char **argv) {
    struct values values = {0};
    struct operands operands;
    enum exit_code code;
    if (!command_parse(&table, argc, argv, &values, &operands, &code)) {
        return code;
    }
    const char *verb = operands.items[0];
    if (strcmp(verb, "quantise") == 0) {
        return quantise(&operands, values.output);
    }
    if (strcmp(verb, "calibrate") == 0) {
        return calibrate(&operands, values.output);
    }
    if (operands.n != 2 || values.output) {
        LOG(ERROR, "model: %s takes one file and no output", verb);
        return EXIT_CODE_USAGE;
    }
    char shipped[MODEL_PATH_LEN];
    return describe(strcmp(verb, "info") == 0, model_file_find(operands.items[1], shipped));
}

const struct command command_model = {
    "model", N_("describe, check, calibrate or quantise a model file"), &table, run};
