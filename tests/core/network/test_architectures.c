// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The shipped architecture files, and a network of every word of the language: each is a classifier
// of faces or an autoencoder, runs, learns a toy in a few steps, and is the same network in an ONNX
// file.
//
// usage: test_architectures FILE.net...

#include "core/network/arch.h"
#include "core/kernels/cpu.h"
#include "core/base/log.h"
#include "core/run/autoencoder.h"
#include "core/run/model_info.h"
#include "core/onnx/onnx.h"
#include "core/train/optim.h"
#include "core/run/plan.h"
#include "core/train/tape.h"
#include "core/base/thread_pool.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define BATCH 8
#define STEPS 12
#define MOST_MULTIPLY_ADDS 25000000

static char **paths;
static int n_paths;

// Bright bars with noise, lying or standing.
static void fill_bars(real *x, real *targets, struct shape in) {
    struct rng rng;
    rng_init(&rng, 5, 0);
    for (int n = 0; n < BATCH; n++) {
        int at = (int)rng_below(&rng, (uint32_t)in.h - 6);
        for (int i = 0; i < in.h * in.w; i++) {
            int along = n % 2 ? i / in.w : i % in.w;
            *x++ = (real)((along >= at && along < at + 6 ? 2 : -0.5) + 0.3 * rng_normal(&rng));
        }
        targets[2 * n] = n % 2;
        targets[2 * n + 1] = 1 - n % 2;
    }
}

// The loss of an autoencoder, whose gradient the tape gets.
static double picture_loss(struct tape *tape, const struct graph *graph) {
    size_t n = BATCH * shape_len(graph_output_shape(graph));
    real *dy = calloc(n, sizeof *dy);
    assert_non_null(dy);
    double loss = autoencoder_loss(graph, tape_input(tape), tape_output(tape, 0), n, dy);
    tape_set_gradient(tape, dy);
    free(dy);
    return loss;
}

// Mean loss of the last steps by that of the first, on one batch.
static double learn(struct graph *graph, struct thread_pool *threads) {
    static real m[1 << 20], v[1 << 20];
    real targets[2 * BATCH];
    assert_true(graph->n_values <= sizeof m / sizeof *m);
    memset(m, 0, sizeof m);
    memset(v, 0, sizeof v);
    struct rng rng;
    rng_init(&rng, 4, 0);
    graph_init(graph, &rng);
    struct tape *tape = tape_create(graph, BATCH, cpu_kernels(), threads);
    assert_non_null(tape);
    fill_bars(tape_input(tape), targets, graph_input_shape(graph));
    double first = 0, last = 0;
    for (int step = 0; step < STEPS; step++) {
        tape_forward(tape, BATCH, true, (uint64_t)step * MAX_NODES);
        double loss = autoencoder_is(graph) ? picture_loss(tape, graph)
                                            : tape_cross_entropy(tape, NULL, targets);
        tape_backward(tape, false);
        adamw_step(graph, tape_gradients(tape), m, v, step + 1, 3e-3, 0.01);
        first += step < 3 ? loss : 0;
        last += step >= STEPS - 3 ? loss : 0;
    }
    tape_destroy(tape);
    return last / first;
}

// The largest difference between the tape's answers and those of a plan of `other`.
static double plan_difference(struct graph *graph, const struct graph *other) {
    size_t n = BATCH * shape_len(graph_output_shape(graph));
    real targets[2 * BATCH], *y = calloc(n, sizeof *y);
    assert_non_null(y);
    struct tape *tape = tape_create(graph, BATCH, &kernels_scalar, NULL);
    struct plan *plan = plan_create(other, BATCH, cpu_kernels());
    assert_non_null(tape);
    assert_non_null(plan);
    fill_bars(tape_input(tape), targets, graph_input_shape(graph));
    tape_forward(tape, BATCH, false, 0);
    plan_run(plan, tape_input(tape), BATCH, y);
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        worst = fmax(worst, fabs((double)y[i] - (double)tape_output(tape, 0)[i]));
    }
    free(y);
    plan_destroy(plan);
    tape_destroy(tape);
    return worst;
}

// Written as ONNX and read again, it answers the same.
static void check_file(struct graph *graph) {
    char path[] = "/tmp/smilecam-architecture-XXXXXX";
    close(mkstemp(path));
    struct metadata metadata = {0};
    assert_true(onnx_write(graph, &metadata, path));
    struct graph *again = onnx_read(path, NULL);
    assert_non_null(again);
    assert_true(plan_difference(graph, again) < 1e-4);
    graph_destroy(again);
    unlink(path);
}

static bool is_tiled(const struct graph *graph) {
    for (int i = 0; i < graph->n_nodes; i++) {
        if (graph->nodes[i].op == OP_TILE) {
            return true;
        }
    }
    return false;
}

static void check(struct graph *graph, const char *name, double at_most) {
    assert_non_null(graph);
    if (!autoencoder_is(graph)) {
        assert_true(model_shape_check(name, graph));
        assert_int_equal(graph_output_shape(graph).c, 2);
    }
    double ratio = learn(graph, NULL);
    print_message("%s: %.1f million multiply-adds, %zu parameters, loss falls to %.2f\n", name,
                  1e-6 * (double)graph_multiply_adds(graph), graph_n_trained(graph), ratio);
    assert_true(ratio < at_most);
    assert_true(plan_difference(graph, graph) < 1e-4);
    if (is_tiled(graph)) { // which ONNX cannot say
        log_set_level((enum log_level) - 1);
        assert_false(onnx_can_write(graph, name));
        log_set_level(LOG_INFO);
    } else {
        check_file(graph);
    }
    graph_destroy(graph);
}

static void shipped_architectures(void **state) {
    (void)state;
    assert_true(n_paths > 0);
    for (int i = 0; i < n_paths; i++) {
        const char *slash = strrchr(paths[i], '/');
        struct graph *graph = arch_read(paths[i]);
        assert_non_null(graph);
        struct shape in = graph_input_shape(graph);
        assert_true(in.c == 1 && in.h == 64 && in.w == 64);
        assert_true(graph_multiply_adds(graph) < MOST_MULTIPLY_ADDS);
        check(graph, slash ? slash + 1 : paths[i], 0.8);
    }
}

static const char *const bodies[] = {
    "conv 8 3x3 tiles 2\nrelu\npool max 4x4\ndense 2\nsoftmax",
    "conv 8 3x3\nprelu\npool stochastic 2x2\nconv 8 3x3 border replicate\nrandom_relu\n"
    "pool mixed 2x2\npool global\ndense 1\nlogistic",
    "pool spectral 16x16\nconv 8 3x3 dilation 2\nelu\npool l2 2x2\nconv_transpose 4 3x3 stride "
    "2\n"
    "leaky_relu\npool lp 3x3 exponent 3\ndense 2\nsoftmax",
    "affine\nconv 8 5x5 stride 2 pad 2,1,1,2 groups 1\nbatch_norm\nclip\ngroup_norm "
    "2\nsoftplus\nconv 8 3x3 groups 8 "
    "pad "
    "full\nhard_sigmoid\npool average 2x2 count_padding yes pad 1\nsigmoid\ndense 2\nsoftmax",
};

static struct graph *words(size_t i) {
    char text[400];
    snprintf(text, sizeof text, "input 1x32x32\n%s", bodies[i]);
    return arch_parse("words", text);
}

static void every_word(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        check(words(i), "every word", 0.97);
    }
}

static void threads_make_no_difference(void **state) {
    (void)state;
    struct thread_pool *threads = thread_pool_create(3);
    assert_non_null(threads);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct graph *one = words(i), *three = words(i);
        assert_true(learn(one, NULL) == learn(three, threads));
        assert_memory_equal(one->values, three->values, one->n_values * sizeof *one->values);
        graph_destroy(one);
        graph_destroy(three);
    }
    thread_pool_destroy(threads);
}

int main(int argc, char **argv) {
    paths = argv + 1;
    n_paths = argc - 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_architectures),
        cmocka_unit_test(every_word),
        cmocka_unit_test(threads_make_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
