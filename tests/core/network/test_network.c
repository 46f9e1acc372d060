// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Architecture files, the plan against the tape, ONNX files there and back, hostile ones refused.

#include "core/network/arch.h"
#include "core/run/classifier.h"
#include "core/network/layers/layer.h"
#include "core/kernels/cpu.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/run/model_info.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"
#include "core/train/tape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define N 3

static const char everything[] =
    "input 1x20x18\n"
    "conv 6 3x3\nbatch_norm\nrelu\n"
    "pool max 3x3 stride 2 pad 1\n"
    "residual\nconv 6 3x3\nbatch_norm\nrelu\nconv 6 3x3\nbatch_norm\nend\nrelu\n"
    "residual\nconv 8 3x3 stride 2\nbatch_norm\nshortcut\nconv 8 1x1 stride "
    "2\nbatch_norm\nend\nrelu\n"
    "branches\nconv 4 1x1\nelu\nbranch\nconv 4 3x3 groups 4\nleaky_relu 0.2\nbranch\npool average "
    "3x3 stride 1 pad 1\nend\n"
    "batch_norm\nconv 6 3x3 dilation 2\ntanh\n"
    "dropout 0.3\ndense 7\nsigmoid\ndense 4\nsoftmax\n";

static struct graph *random_graph(const char *text) {
    struct graph *graph = arch_parse("test", text);
    assert_non_null(graph);
    struct rng rng;
    rng_init(&rng, 6, 0);
    graph_init(graph, &rng);
    for (int i = 0; i < graph->n_nodes; i++) { // running statistics as after training
        for (int p = 0; p < graph->nodes[i].n_params; p++) {
            const struct param *param = &graph->nodes[i].params[p];
            for (size_t j = 0; graph->nodes[i].op == OP_BATCH_NORM && j < param->len; j++) {
                graph->values[param->offset + j] = (real)(0.5 + rng_uniform(&rng));
            }
        }
    }
    return graph;
}

static void fill_input(real *x, const struct graph *graph) {
    struct rng rng;
    rng_init(&rng, 7, 0);
    for (size_t i = 0; i < N * shape_len(graph_input_shape(graph)); i++) {
        x[i] = (real)rng_normal(&rng);
    }
}

// The plain forward pass of the scalar kernels is the truth for every plan.
static void expect_plan(const struct graph *graph, const real *x, const real *wanted) {
    const struct kernels *tables[8];
    int n_tables = cpu_list(tables, 8);
    size_t n_out = shape_len(graph_output_shape(graph));
    real y[N * 16];
    for (int t = 0; t < n_tables; t++) {
        struct plan *plan = plan_create(graph, N, tables[t]);
        assert_non_null(plan);
        plan_run(plan, x, N, y);
        for (size_t i = 0; i < N * n_out; i++) {
            assert_float_equal(y[i], wanted[i], 2e-5);
        }
        for (int n = 0; n < N; n++) { // one by one as well
            plan_run(plan, x + (size_t)n * shape_len(graph_input_shape(graph)), 1, y);
            for (size_t i = 0; i < n_out; i++) {
                assert_float_equal(y[i], wanted[(size_t)n * n_out + i], 2e-5);
            }
        }
        plan_destroy(plan);
    }
}

static void plan_agrees_with_tape(void **state) {
    (void)state;
    struct graph *graph = random_graph(everything);
    struct tape *tape = tape_create(graph, N, &kernels_scalar, NULL);
    fill_input(tape_input(tape), graph);
    tape_forward(tape, N, false, 0);
    expect_plan(graph, tape_input(tape), tape_output(tape, 0));
    tape_destroy(tape);
    graph_destroy(graph);
}

static void same_graph(const struct graph *a, const struct graph *b) {
    assert_int_equal(a->n_nodes, b->n_nodes);
    assert_int_equal(a->n_values, b->n_values);
    assert_memory_equal(a->values, b->values, a->n_values * sizeof *a->values);
    for (int i = 0; i < a->n_nodes; i++) {
        assert_int_equal(a->nodes[i].op, b->nodes[i].op);
        assert_memory_equal(&a->nodes[i].shape, &b->nodes[i].shape, sizeof a->nodes[i].shape);
        assert_memory_equal(a->nodes[i].inputs, b->nodes[i].inputs, sizeof a->nodes[i].inputs);
    }
}

static char *temporary(void) {
    static char path[] = "/tmp/smilecam-test-XXXXXX";
    strcpy(path + strlen(path) - 6, "XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    return path;
}

static void onnx_there_and_back(void **state) {
    (void)state;
    struct graph *graph = random_graph(everything);
    struct metadata metadata = {0}, back = {0};
    metadata_set(&metadata, "smilecam.labels", "a,b,c,d");
    const char *path = temporary();
    assert_true(onnx_write(graph, &metadata, path));
    struct graph *read = onnx_read(path, &back);
    assert_non_null(read);
    same_graph(graph, read);
    assert_string_equal(metadata_get(&back, "smilecam.labels"), "a,b,c,d");
    graph_destroy(read);
    graph_destroy(graph);
    unlink(path);
}

// Every beginning of a model file, and every byte of it turned around, is read or refused, never a
// crash.
static void damaged_models(void **state) {
    (void)state;
    struct graph *graph =
        random_graph("input 1x8x8\nconv 2 3x3\nbatch_norm\nrelu\npool global\ndense 2\nsoftmax\n");
    struct metadata metadata = {0};
    const char *path = temporary();
    assert_true(onnx_write(graph, &metadata, path));
    size_t len;
    uint8_t *bytes = file_read(path, 1 << 20, &len);
    assert_non_null(bytes);
    log_set_level((enum log_level) - 1);
    for (size_t n = 0; n < len; n++) {
        struct graph *cut = onnx_parse("cut", bytes, n, NULL);
        graph_destroy(cut);
        assert_true(n < len / 2 ? cut == NULL : true);
        for (int bit = 0; bit < 8; bit += 7) {
            bytes[n] ^= (uint8_t)(1 << bit);
            graph_destroy(onnx_parse("turned", bytes, len, NULL));
            bytes[n] ^= (uint8_t)(1 << bit);
        }
    }
    log_set_level(LOG_INFO);
    free(bytes);
    graph_destroy(graph);
    unlink(path);
}

// A weight that a node names must be there: one letter of its name changed, and the file is
// refused.
static void misnamed_bias(void **state) {
    (void)state;
    struct graph *graph = random_graph("input 1x8x8\nconv 2 3x3\npool global\ndense 2\nsoftmax\n");
    struct metadata metadata = {0};
    const char *path = temporary();
    assert_true(onnx_write(graph, &metadata, path));
    size_t len;
    uint8_t *bytes = file_read(path, 1 << 20, &len);
    assert_non_null(bytes);
    uint8_t *name = memmem(bytes, len, "dense_3.bias", 12);
    assert_non_null(name);
    name[11] = 'z';
    log_set_level((enum log_level) - 1);
    assert_null(onnx_parse("misnamed", bytes, len, NULL));
    log_set_level(LOG_INFO);
    free(bytes);
    graph_destroy(graph);
    unlink(path);
}

static void wrong_architectures(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "conv 3 3x3",
        "input 1x8x8",
        "input 0x8x8\nrelu",
        "input 1x8x8x8\nrelu",
        "input 1x99999x99999\nrelu",
        "input 4294967297x8x8\nrelu",
        "input 32x16x16\nconv 1 1x1 stride 1024 pad 1024",
        "input 1x8x8\nrelux",
        "input 1x8x8\nconv",
        "input 1x8x8\nconv 3 3y3",
        "input 1x8x8\nconv 3 9x9 pad valid",
        "input 1x8x8\nconv 3 3x3 stride 0",
        "input 1x8x8\nconv 3 3x3 groups 2",
        "input 1x8x8\nconv 3 3x3 colour blue",
        "input 1x8x8\nconv 99999999999 3x3",
        "input 1x8x8\npool mean 2x2",
        "input 1x8x8\npool lp 2x2 exponent 0.5",
        "input 1x8x8\npool max 2x2 exponent 2",
        "input 1x8x8\npool max 2x2 count_padding yes",
        "input 1x8x8\npool spectral 9x8",
        "input 1x8x8\npool spectral",
        "input 1x8x8\nconv 3 3x3 pad 1,2,3",
        "input 1x8x8\nconv 3 3x3 pad 1,2,3,4,5",
        "input 1x8x8\nconv 3 3x3 border mirror",
        "input 1x2x2\nconv 3 9x9 border reflect",
        "input 1x8x8\nconv 3 3x3 tiles 0",
        "input 1x8x8\nconv 65536 3x3 tiles 64",
        "input 1x8x8\nconv_transpose 3 3x3 pad 3",
        "input 1x8x8\nconv_transpose 3 3x3 pad 0,0,0,0",
        "input 1x999x999\nconv_transpose 3 3x3 stride 1000",
        "input 1x8x8\nrandom_relu 0.5 0.1",
        "input 1x8x8\nclip 3",
        "input 1x8x8\nclip 3 1",
        "input 1x8x8\nprelu 3",
        "input 1x8x8\ninput 1x8x8",
        "input 1x8x8\nlogistic",
        "input 1x8x8\ndense 2\nlogistic",
        "input 1x8x8\ndropout 1",
        "input 1x8x8\nupsample",
        "input 1x8x8\nupsample 0",
        "input 1x8x8\nupsample 65",
        "input 1x8x8\nupsample 2 cubic",
        "input 1x8x8\nname a\nname a",
        "input 1x8x8\nname",
        "input 1x8x8\nfrom a",
        "input 1x8x8\nfrom",
        "input 1x8x8\nname a\nconv 2 3x3\nadd a",
        "input 1x8x8\nrelu\nadd",
        "input 1x8x8\nname a\nconv 2 3x3 stride 2\nconcat a",
        "input 1x8x8\nrelu\noutput\noutput",
        "input 1x8x8\nrelu\noutput maps",
        "input 1x8x8\nend",
        "input 1x8x8\nresidual\nconv 2 3x3\nend",
        "input 1x8x8\nresidual\nconv 1 3x3",
        "input 1x8x8\nbranches\nconv 1 3x3\nbranch\nconv 1 3x3 stride 2\nend",
        "input 1x8x8\nrepeat 256\nrepeat 256\nrepeat 256\nrepeat 256\nend\nend\nend\nend\nrelu",
        "input 1x8x8\nrepeat 256\nrepeat 256\nrelu\nend\nend",
        "input 1x8x8\ndense 60000\ndense 60000",
        "input 1x8x8\na b c d e f g h i j k l m n o p q r s t u v w x y z",
        "input 1x8x8\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    log_set_level((enum log_level) - 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct graph *graph = arch_parse("test", texts[i]);
        if (graph) {
            fail_msg("accepted: %s", texts[i]);
        }
    }
    log_set_level(LOG_INFO);
}

// What is logged while a text is refused.
static void logged_by(const char *text, char *logged, size_t room) {
    FILE *file = tmpfile();
    assert_non_null(file);
    int keep = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    struct graph *graph = arch_parse("test.net", text);
    dup2(keep, STDERR_FILENO);
    close(keep);
    rewind(file);
    logged[fread(logged, 1, room - 1, file)] = 0;
    fclose(file);
    assert_null(graph);
}

static void errors_name_line_and_expectation(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"# nothing yet\nconv 3 3x3", "line 2: expected \"input CxHxW\" first"},
        {"input 1x8x8\nrelu\nadd fine", "line 3: nothing above has the name \"fine\""},
        {"input 1x8x8\n\nconv 3 3y3", "line 3: expected \"conv FILTERS KERNEL\""},
        {"input 1x8x8\nconv 3 3x3 pad most", "line 2: expected pad same, valid, full, N or TOP"},
        {"input 1x8x8\nconv 3 3x3 colour red", "line 2: \"colour\" is not an option of conv"},
        {"input 1x8x8\nconv 3 3x3 border red", "line 2: \"red\" is not a value for border"},
        {"input 1x8x8\npool median 2x2", "line 2: expected \"pool KIND KERNEL\""},
        {"input 1x8x8\nrelu\nlayer 3", "line 3: there is no layer \"layer\"; the layers are"},
        {"input 1x8x8\ndense 3\nlogistic", "line 3: logistic reads one value"},
        {"input 1x8x8\nresidual\nrelu", "the \"residual\" of line 2 has no \"end\""},
        {"input 1x8x8\nconv 3 9x9 pad valid", "line 2: conv: a 9x9 kernel does not fit into 8x8"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char logged[1024];
        logged_by(texts[i][0], logged, sizeof logged);
        if (!strstr(logged, texts[i][1])) {
            fail_msg("wanted: %s, logged: %s", texts[i][1], logged);
        }
    }
}

static void same_padding(void **state) {
    (void)state;
    struct graph *graph =
        arch_parse("test", "input 1x7x10\nconv 2 3x3 stride 2 # ceil\nconv 2 4x1 stride 3");
    assert_non_null(graph);
    assert_int_equal(graph->nodes[1].shape.h, 4);
    assert_int_equal(graph->nodes[1].shape.w, 5);
    assert_int_equal(graph->nodes[2].shape.h, 2);
    assert_int_equal(graph->nodes[2].shape.w, 2);
    graph_destroy(graph);
}

// Layers that draw numbers in training do at inference what training does on average.
static void drawing_layers_agree_on_average(void **state) {
    (void)state;
    enum { DRAWS = 4000 };
    static const char *const layers_that_draw[] = {"pool stochastic 1x4", "pool mixed 1x4",
                                                   "random_relu", "dropout 0.3"};
    static const real x[] = {-1, 1, 2, 5};
    for (size_t l = 0; l < sizeof layers_that_draw / sizeof *layers_that_draw; l++) {
        char text[64];
        snprintf(text, sizeof text, "input 1x1x4\n%s", layers_that_draw[l]);
        struct graph *graph = random_graph(text);
        struct tape *tape = tape_create(graph, 1, &kernels_scalar, NULL);
        size_t n = shape_len(graph_output_shape(graph));
        double mean[4] = {0};
        memcpy(tape_input(tape), x, sizeof x);
        for (int i = 0; i < DRAWS; i++) {
            tape_forward(tape, 1, true, (uint64_t)i * MAX_NODES);
            for (size_t j = 0; j < n; j++) {
                mean[j] += (double)tape_output(tape, 0)[j] / DRAWS;
            }
        }
        tape_forward(tape, 1, false, 0);
        for (size_t j = 0; j < n; j++) {
            assert_float_equal(mean[j], tape_output(tape, 0)[j], 0.12);
        }
        tape_destroy(tape);
        graph_destroy(graph);
    }
}

// Stochastic pooling takes x with probability x / sum of the positive values, never a negative one.
static void stochastic_pool_frequencies(void **state) {
    (void)state;
    enum { DRAWS = 8000 };
    static const real x[] = {-1, 1, 2, 5};
    struct graph *graph = random_graph("input 1x1x4\npool stochastic 1x4");
    struct tape *tape = tape_create(graph, 1, &kernels_scalar, NULL);
    int counts[6] = {0};
    memcpy(tape_input(tape), x, sizeof x);
    for (int i = 0; i < DRAWS; i++) {
        tape_forward(tape, 1, true, (uint64_t)i);
        counts[(int)*tape_output(tape, 0)]++;
    }
    assert_int_equal(counts[1] + counts[2] + counts[5], DRAWS);
    assert_true(abs(counts[1] - DRAWS / 8) < 150);
    assert_true(abs(counts[2] - DRAWS / 4) < 200);
    tape_destroy(tape);
    graph_destroy(graph);
}

// One sigmoid is as good as two probabilities, in a file of others and in training.
static void one_logistic_unit(void **state) {
    (void)state;
    struct graph *graph =
        random_graph("input 1x16x16\nconv 3 3x3\nrelu\npool global\ndense 1\nsigmoid");
    struct graph *whole =
        random_graph("input 1x16x16\nconv 3 3x3\nrelu\npool global\ndense 1\nlogistic");
    struct metadata metadata = {0};
    const char *path = temporary();
    assert_true(onnx_write(graph, &metadata, path));
    struct classifier *classifier = classifier_create(path, 1);
    assert_non_null(classifier);
    assert_int_equal(classifier_info(classifier)->n_labels, 2);
    assert_true(model_complete(graph) && model_shape_check("test", graph));
    same_graph(graph, whole);
    classifier_destroy(classifier);
    graph_destroy(graph);
    graph_destroy(whole);
    unlink(path);
}

static void logits_get_their_softmax(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"dense 3", "dense 3\nsoftmax"},
        {"dense 1", "dense 1\nlogistic"},
        {"conv 3 1x1\npool global", "conv 3 1x1\npool global\nsoftmax"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct graph *graphs[2];
        for (int k = 0; k < 2; k++) {
            char text[256];
            snprintf(text, sizeof text, "input 1x16x16\nconv 3 3x3\nrelu\npool global\n%s",
                     pairs[i][k]);
            graphs[k] = random_graph(text);
        }
        assert_true(model_complete(graphs[0]) && model_shape_check("test", graphs[0]));
        same_graph(graphs[0], graphs[1]);
        graph_destroy(graphs[0]);
        graph_destroy(graphs[1]);
    }
    struct graph *graph = random_graph("input 1x16x16\npool global\ndense 3\nsoftmax");
    graph->nodes[3].op = OP_LOG_SOFTMAX; // which becomes what it is the logarithm of
    assert_true(model_complete(graph) && model_shape_check("test", graph));
    graph_destroy(graph);
}

// A classifier refuses what is no classifier of faces.
static void wrong_classifiers(void **state) {
    (void)state;
    static const char *const texts[] = {
        "input 3x64x64\npool global\ndense 2\nsoftmax",
        "input 1x64x32\npool global\ndense 2\nsoftmax",
        "input 1x64x64\npool global\ndense 2\nrelu",
        "input 1x64x64\npool global\ndense 5\nsoftmax",
    };
    log_set_level((enum log_level) - 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct graph *graph = random_graph(texts[i]);
        struct metadata metadata = {0};
        const char *path = temporary();
        assert_true(onnx_write(graph, &metadata, path));
        assert_null(classifier_create(path, 1));
        unlink(path);
        graph_destroy(graph);
    }
    assert_null(classifier_create("/nowhere/model.onnx", 1));
    log_set_level(LOG_INFO);
}

// Two nodes that compute different things have different hashes, whatever the attribute.
static void attributes_are_hashed(void **state) {
    (void)state;
    const struct node nodes[] = {
        {.op = OP_CONV, .conv.window.stride_w = 1},
        {.op = OP_CONV, .conv.window.stride_w = 2},
        {.op = OP_CONV, .conv.groups = 2},
        {.op = OP_PAD, .pad.gap_w = 1},
        {.op = OP_PAD, .pad.value = 1},
        {.op = OP_POOL, .pool.counts_padding = true},
        {.op = OP_POOL, .pool.beyond_w = 1},
        {.op = OP_ACTIVATION, .activation.beta = 1},
        {.op = OP_ACTIVATION, .activation.alpha = 1},
        {.op = OP_BATCH_NORM, .batch_norm.epsilon = 1},
        {.op = OP_BATCH_NORM, .batch_norm.momentum = 1},
        {.op = OP_DROPOUT, .dropout = 1},
        {.op = OP_DROPOUT},
        {.op = OP_MULTIPLY, .divides = true},
        {.op = OP_MULTIPLY},
        {.op = OP_TRANSPOSE, .axes = {0, 2, 1}},
        {.op = OP_TRANSPOSE, .axes = {0, 1, 2}},
        {.op = OP_TILE, .tiles = 2},
        {.op = OP_TILE, .tiles = 3},
        {.op = OP_ADD, .n_inputs = 2, .inputs = {1, 2}},
        {.op = OP_ADD, .n_inputs = 2, .inputs = {1, 3}},
    };
    enum { N_NODES = sizeof nodes / sizeof *nodes };
    for (int i = 0; i < N_NODES; i++) {
        for (int j = 0; j < i; j++) {
            assert_true(layer_hash(0, &nodes[i]) != layer_hash(0, &nodes[j]));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_are_hashed),
        cmocka_unit_test(plan_agrees_with_tape),
        cmocka_unit_test(onnx_there_and_back),
        cmocka_unit_test(damaged_models),
        cmocka_unit_test(misnamed_bias),
        cmocka_unit_test(wrong_architectures),
        cmocka_unit_test(same_padding),
        cmocka_unit_test(errors_name_line_and_expectation),
        cmocka_unit_test(wrong_classifiers),
        cmocka_unit_test(one_logistic_unit),
        cmocka_unit_test(logits_get_their_softmax),
        cmocka_unit_test(drawing_layers_agree_on_average),
        cmocka_unit_test(stochastic_pool_frequencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
