// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Writes architectures as ONNX files with random weights, each with two inputs and our answers to
// them (NAME.onnx, NAME.bin as in the zoo), for check_export.py.
//
// usage: export FOLDER FILE.net|FILE.onnx...

#include "core/network/arch.h"
#include "core/kernels/cpu.h"
#include "core/base/file.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 2

// Every layer that the shipped architectures do not have and that ONNX can say.
static const char *const others[][2] = {
    {"borders",
     "input 1x12x11\nconv 3 3x3 border replicate\nconv 3 3x4 pad 2,1,1,2 border reflect\n"
     "prelu\nclip -1 1\nconv 4 3x3 pad full\ndense 1\nlogistic"},
    {"transposed",
     "input 2x5x4\nconv_transpose 4 3x3 stride 2\nelu 0.8\nconv_transpose 6 2x3 stride "
     "3x2 groups 2 pad valid\nhard_sigmoid\nconv_transpose 2 2x2 stride 3\nleaky_relu"},
    {"pools",
     "input 3x13x12\npool l2 3x3 stride 1 pad 1\naffine\npool mixed 3x3 stride 2\nrandom_relu\n"
     "pool average 2x2 stride 1 pad 1 count_padding yes\npool stochastic 2x3\nbatch_norm"},
    {"vectors", "input 6x1x1\nresidual\ndense 6\ntanh\nend\nconv 4 1x1\nbranches\ndense 3\nbranch\n"
                "pool global\nend\nbatch_norm\nsoftmax"},
    {"pyramid",
     "input 1x16x24\nconv 4 3x3 stride 2\nbatch_norm\nrelu\nname fine\nconv 6 3x3 stride 2\n"
     "name coarse\nconv 5 1x1\noutput\nfrom coarse\nupsample 2\nname up\nfrom fine\n"
     "conv 6 1x1\nadd up\nrelu\nupsample 2 bilinear\nsoftmax\noutput"},
    {"unpool", "input 1x12x8\nconv 4 3x3\nname wide\npool max 2x2\nname small\nconv 4 3x3\nrelu\n"
               "unpool small\nconv 4 3x3\nadd wide\noutput"},
    {"norms", "input 4x6x5\nconv 6 3x3\ngroup_norm 3\nsoftplus\ngroup_norm 6\nerf\npower 2\n"
              "group_norm 1\ndense 3\nsoftmax"},
    {"spectral",
     "input 2x9x8\npool spectral 4x5\nbranches\nconv 2 1x1\nsigmoid\nbranch\nconv 3 3x3 "
     "dilation 2\ntanh\nend\npool lp 2x2 exponent 3\npool global\ndense 4\nprelu\naffine\nsoftmax"},
};

// As after some training: norms that do something, and answers that are not yet certain.
static void fill(struct graph *graph, struct rng *rng) {
    graph_init(graph, rng);
    for (int i = 0; i < graph->n_nodes; i++) {
        for (int p = 0; p < graph->nodes[i].n_params; p++) {
            const struct param *param = &graph->nodes[i].params[p];
            real *values = graph->values + param->offset;
            bool weight = strcmp(param->role, "weight") == 0;
            for (size_t j = 0; j < param->len; j++) {
                values[j] = weight ? values[j] * (graph->nodes[i].op == OP_DENSE ? 0.1f : 1)
                                   : values[j] + (real)(0.5 * rng_uniform(rng));
            }
        }
    }
}

static bool write(const struct graph *graph, const char *folder, const char *name,
                  struct rng *rng) {
    char path[4096];
    size_t n_in = BATCH * shape_len(graph_input_shape(graph));
    size_t n_out = BATCH * graph_outputs_len(graph);
    struct metadata metadata = {0};
    struct plan *plan = plan_create(graph, BATCH, cpu_kernels());
    float *values = calloc(n_in + n_out, sizeof *values);
    bool ok = plan && values;
    for (size_t i = 0; ok && i < n_in; i++) {
        values[i] = (float)rng_normal(rng);
    }
    if (ok) {
        plan_run(plan, values, BATCH, values + n_in);
        snprintf(path, sizeof path, "%s/%s.bin", folder, name);
        ok = file_write(path, values, (n_in + n_out) * sizeof *values);
        snprintf(path, sizeof path, "%s/%s.onnx", folder, name);
        ok = ok && onnx_write(graph, &metadata, path);
    }
    free(values);
    plan_destroy(plan);
    return ok;
}

static bool export_file(const char *folder, const char *path, struct rng *rng) {
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    bool trained = dot && strcmp(dot, ".onnx") == 0;
    struct graph *graph = trained ? onnx_read(path, NULL) : arch_read(path);
    char name[256];
    snprintf(name, sizeof name, "%s%s", slash ? slash + 1 : path, trained ? "" : ".untrained");
    if (graph && !trained) {
        fill(graph, rng);
    }
    bool ok = graph && write(graph, folder, name, rng);
    graph_destroy(graph);
    return ok;
}

int main(int argc, char **argv) {
    struct rng rng;
    rng_init(&rng, 9, 0);
    bool ok = argc > 1;
    for (int i = 2; ok && i < argc; i++) {
        ok = export_file(argv[1], argv[i], &rng);
    }
    for (size_t i = 0; ok && i < sizeof others / sizeof *others; i++) {
        struct graph *graph = arch_parse(others[i][0], others[i][1]);
        if (graph) {
            fill(graph, &rng);
        }
        ok = graph && write(graph, argv[1], others[i][0], &rng);
        graph_destroy(graph);
    }
    return ok ? 0 : 1;
}
