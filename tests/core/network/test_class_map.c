// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/kernels/cpu.h"
#include "core/network/arch.h"
#include "core/network/class_map.h"
#include "core/run/classifier.h"
#include "core/run/deconvolution.h"
#include "core/base/log.h"
#include "core/onnx/onnx.h"
#include "core/train/tape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SIDE 16 // of the test networks' inputs
#define N 3

// Every ending that has maps, after the same features.
#define FEATURES                                                                                   \
    "input 1x16x16\nconv 4 3x3\nbatch_norm\nrelu\nresidual\nconv 6 3x3 stride 2\nbatch_norm\n"     \
    "shortcut\nconv 6 1x1 stride 2\nend\nrelu\n"
static const char *const endings[] = {
    FEATURES "pool global\ndropout 0.2\ndense 2\nsoftmax\n",
    FEATURES "pool global\ndense 2\nbatch_norm\nsoftmax\n",
    FEATURES "pool global\ndense 1\nlogistic\n",
    FEATURES "pool global\ndense 1\nsigmoid\n",
    FEATURES "pool global\nconv 2 1x1\nsoftmax\n",
    FEATURES "conv 2 1x1\npool global\nsoftmax\n",
    FEATURES "pool global\ndense 5\nsoftmax\n",
};
#define N_ENDINGS (sizeof endings / sizeof *endings)

static const char *const without[] = {
    FEATURES "dense 2\nsoftmax\n",
    FEATURES "pool global\ndense 8\nrelu\ndense 2\nsoftmax\n",
    FEATURES "pool global\nrelu\ndense 2\nsoftmax\n",
    FEATURES "pool max 8x8\ndense 2\nsoftmax\n",
};

static struct graph *random_graph(const char *text) {
    struct graph *graph = arch_parse("test", text);
    assert_non_null(graph);
    struct rng rng;
    rng_init(&rng, 11, 0);
    graph_init(graph, &rng);
    for (int i = 0; i < graph->n_nodes; i++) {
        real *bias = graph_values(graph, i, "bias");
        for (int k = 0; bias && k < graph->nodes[i].shape.c; k++) {
            bias[k] = (real)rng_normal(&rng);
        }
    }
    return graph;
}

static struct classifier *load(const struct graph *graph, const char *labels) {
    char path[] = "/tmp/smilecam-test-XXXXXX";
    struct metadata metadata = {0};
    metadata_set(&metadata, "smilecam.labels", labels);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_true(onnx_write(graph, &metadata, path));
    struct classifier *classifier = classifier_create(path, N);
    assert_non_null(classifier);
    unlink(path);
    return classifier;
}

static struct classifier *load_text(const char *text) {
    struct graph *graph = random_graph(text);
    int n = (int)shape_len(graph_output_shape(graph));
    struct classifier *classifier = load(graph, n == 5 ? "a,b,smile,c,d" : "neutral,smile");
    graph_destroy(graph);
    return classifier;
}

static void make_chips(struct image chips[N]) {
    struct rng rng;
    rng_init(&rng, 12, 0);
    for (int i = 0; i < N; i++) {
        assert_true(image_init(&chips[i], SIDE, SIDE, PIXEL_GREY8));
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                chips[i].data[y * chips[i].stride + x] = (uint8_t)(rng_uniform(&rng) * 255);
            }
        }
    }
}

static void finish_chips(struct image chips[N]) {
    for (int i = 0; i < N; i++) {
        image_finish(&chips[i]);
    }
}

static double mean_of(const float *x, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += (double)x[i];
    }
    return sum / n;
}

// The answer is an average over places: the mean of a label's map is how far its logit, log p up to
// a constant, is above the mean of the others'.
static void expect_mean(const struct classifier *classifier, int i, const float *p) {
    const struct model_info *info = classifier_info(classifier);
    float map[SIDE * SIDE];
    for (int label = 0; label < info->n_labels; label++) {
        double others = 0;
        for (int k = 0; k < info->n_labels; k++) {
            others += k == label ? 0 : log((double)p[k]) / (info->n_labels - 1);
        }
        assert_true(classifier_map(classifier, i, label, map));
        assert_float_equal(mean_of(map, info->map_height * info->map_width),
                           log((double)p[label]) - others, 1e-4);
    }
}

static void means_are_log_odds(void **state) {
    (void)state;
    struct image chips[N];
    make_chips(chips);
    for (size_t e = 0; e < N_ENDINGS; e++) {
        struct classifier *classifier = load_text(endings[e]);
        int n_labels = classifier_info(classifier)->n_labels;
        float p[N * 5];
        assert_int_equal(classifier_info(classifier)->map_height, 8);
        assert_int_equal(classifier_info(classifier)->map_width, 8);
        classifier_run(classifier, chips, N, p);
        for (int i = 0; i < N; i++) {
            expect_mean(classifier, i, p + i * n_labels);
        }
        classifier_destroy(classifier);
    }
    finish_chips(chips);
}

static void labels_are_opposite(void **state) {
    (void)state;
    struct image chips[N];
    float p[N * 2], one[64], other[64];
    make_chips(chips);
    for (int e = 0; e < 6; e++) {
        struct classifier *classifier = load_text(endings[e]);
        classifier_run(classifier, chips, N, p);
        assert_true(classifier_map(classifier, 1, 0, one));
        assert_true(classifier_map(classifier, 1, 1, other));
        for (int k = 0; k < 64; k++) {
            assert_float_equal(one[k], -other[k], 1e-5);
        }
        classifier_destroy(classifier);
    }
    finish_chips(chips);
}

// Place by place against the paper's formula on the plain forward pass.
static void agrees_with_the_formula(void **state) {
    (void)state;
    struct graph *graph = random_graph(endings[0]);
    struct classifier *classifier = load(graph, "neutral,smile");
    struct image chips[N];
    float p[N * 2], map[64];
    make_chips(chips);
    classifier_run(classifier, chips, N, p);
    int dense = graph->n_nodes - 2;
    real x[SIDE * SIDE];
    const real *w = graph_values(graph, dense, "weight"), *b = graph_values(graph, dense, "bias");
    for (int i = 0; i < N; i++) {
        image_sample(&chips[i], SAMPLING_CENTRE, SIDE, x);
        image_standardise(x, SIDE * SIDE);
        struct deconvolution *inside = deconvolution_create(graph, x, &kernels_scalar);
        assert_non_null(inside);
        const real *f = deconvolution_features(inside, class_map_source(graph));
        assert_true(classifier_map(classifier, i, 1, map));
        for (int k = 0; k < 64; k++) {
            real sum = b[1] - b[0];
            for (int c = 0; c < 6; c++) {
                sum += (w[6 + c] - w[c]) * f[c * 64 + k];
            }
            assert_float_equal(map[k], sum, 1e-4);
        }
        deconvolution_destroy(inside);
    }
    finish_chips(chips);
    graph_destroy(graph);
    classifier_destroy(classifier);
}

// A network that calls it a smile where the picture is bright, and nothing else: the bright corner
// speaks for a smile, and where it is covered, that is where the answer falls.
static void finds_the_bright_corner(void **state) {
    (void)state;
    struct graph *graph =
        arch_parse("bright", "input 1x16x16\nconv 1 4x4 stride 4 pad valid\nrelu\npool global\n"
                             "dense 2\nsoftmax\n");
    assert_non_null(graph);
    for (int k = 0; k < 16; k++) {
        graph_values(graph, 1, "weight")[k] = 1;
    }
    graph_values(graph, 4, "weight")[1] = 1;
    struct classifier *classifier = load(graph, "neutral,smile");
    struct image chip;
    float p[2], map[16];
    assert_true(image_init(&chip, SIDE, SIDE, PIXEL_GREY8));
    for (int y = 0; y < 4; y++) {
        memset(chip.data + (4 + y) * chip.stride + 8, 200, 4); // the third cell of the second row
    }
    classifier_run(classifier, &chip, 1, p);
    assert_true(p[1] > 0.9f);
    assert_float_equal(classifier_info(classifier)->map_x, 2, 1e-6);
    assert_float_equal(classifier_info(classifier)->map_step_y, 4, 1e-6);
    assert_true(classifier_map(classifier, 0, 1, map));
    for (int k = 0; k < 16; k++) {
        assert_true(k == 6 ? map[k] > 10 : map[k] == 0);
    }
    assert_true(classifier_map(classifier, 0, 0, map));
    assert_true(map[6] < -10);
    image_finish(&chip);
    graph_destroy(graph);
    classifier_destroy(classifier);
}

// Through a pool and a rectifier, the kernel at the place of the maximum, times the value.
static void a_map_sees_its_kernel(void **state) {
    (void)state;
    struct graph *graph =
        arch_parse("kernel", "input 1x8x8\nconv 2 3x3 pad valid\nrelu\npool max 2x2\n");
    assert_non_null(graph);
    real *w = graph_values(graph, 1, "weight"), x[64] = {0};
    for (int k = 0; k < 9; k++) {
        w[9 + k] = x[8 * (3 + k / 3) + 4 + k % 3] = (real)(k - 3); // the picture is the kernel
    }
    struct deconvolution *d = deconvolution_create(graph, x, cpu_kernels());
    assert_non_null(d);
    assert_float_equal(deconvolution_features(d, 3)[9 + 3 + 2], 69, 1e-5);
    const real *seen = deconvolution_run(d, 3, 1);
    for (int i = 0; i < 64; i++) {
        assert_float_equal(seen[i], 69 * x[i], 1e-3);
    }
    seen = deconvolution_run(d, 3, 0); // nothing
    for (int i = 0; i < 64; i++) {
        assert_true(seen[i] == 0);
    }
    deconvolution_destroy(d);
    graph_destroy(graph);
}

// y = relu(x) - relu(-x): of the two ways back, the one with a positive signal.
static void rectifiers_pass_what_is_positive(void **state) {
    (void)state;
    struct graph *graph = arch_parse("ways", "input 1x1x2\nconv 2 1x1\nrelu\nconv 1 1x1\n");
    assert_non_null(graph);
    for (int layer = 1; layer <= 3; layer += 2) {
        graph_values(graph, layer, "weight")[0] = 1;
        graph_values(graph, layer, "weight")[1] = -1;
    }
    for (int sign = -1; sign <= 1; sign += 2) {
        const real x[2] = {(real)sign, (real)sign * 3};
        struct deconvolution *d = deconvolution_create(graph, x, cpu_kernels());
        assert_non_null(d);
        const real *seen = deconvolution_run(d, 3, 0);
        assert_true(seen[0] == 0 && seen[1] == (real)(3 * sign));
        deconvolution_destroy(d);
    }
    graph_destroy(graph);
}

// Without rectifiers it is the gradient of half the square of the largest value.
static void other_layers_pass_gradients(void **state) {
    (void)state;
    struct graph *graph =
        random_graph("input 1x8x8\nconv 3 3x3 stride 2\nbatch_norm\nname a\npool max 2x2\nname p\n"
                     "conv 3 1x1\nunpool p\nadd a\ngroup_norm 3\ntanh\nupsample 2\nconv_transpose "
                     "2 3x3 stride 2\n");
    struct tape *tape = tape_create(graph, 1, &kernels_scalar, NULL);
    struct rng rng;
    rng_init(&rng, 3, 0);
    assert_non_null(tape);
    for (int i = 0; i < 64; i++) {
        tape_input(tape)[i] = (real)rng_normal(&rng);
    }
    tape_forward(tape, 1, false, 0);
    size_t n = shape_len(graph_output_shape(graph)), most = n / 2;
    real *dy = calloc(n, sizeof *dy);
    assert_non_null(dy);
    for (size_t i = most; i < n; i++) {
        most = tape_output(tape, 0)[i] > tape_output(tape, 0)[most] ? i : most;
    }
    dy[most] = tape_output(tape, 0)[most];
    tape_set_gradient(tape, dy);
    tape_backward(tape, true);
    struct deconvolution *d = deconvolution_create(graph, tape_input(tape), cpu_kernels());
    assert_non_null(d);
    const real *seen = deconvolution_run(d, graph_output(graph), 1);
    for (int i = 0; i < 64; i++) {
        assert_float_equal(seen[i], tape_input_gradient(tape)[i], 1e-4);
    }
    deconvolution_destroy(d);
    free(dy);
    tape_destroy(tape);
    graph_destroy(graph);
}

static void expect_axis(struct receptive_axis axis, float first, float step, float size) {
    assert_float_equal(axis.first, first, 1e-5);
    assert_float_equal(axis.step, step, 1e-5);
    assert_float_equal(axis.size, size, 1e-5);
}

// By hand: "same" puts the odd pixel of padding at the end, so a 3x3 window of stride 2 begins at
// the edge and has its middle 1.5 pixels from it.
static void fields_are_where_windows_look(void **state) {
    (void)state;
    struct graph *graph =
        arch_parse("fields", "input 1x16x16\nconv 1 3x3 stride 2\nconv 1 3x3 stride 2\n"
                             "residual\nconv 1 3x3 pad same\nend\nconv 1 2x4 stride 2 pad valid\n");
    struct receptive_field field;
    assert_non_null(graph);
    assert_true(receptive_field_find(graph, 0, &field));
    expect_axis(field.x, 0.5f, 1, 1);
    assert_true(receptive_field_find(graph, 1, &field));
    expect_axis(field.x, 1.5f, 2, 3);
    assert_true(receptive_field_find(graph, 2, &field));
    expect_axis(field.x, 3.5f, 4, 7);
    assert_true(receptive_field_find(graph, 4, &field)); // the sum: the convolution sees more
    expect_axis(field.y, 3.5f, 4, 15);
    assert_true(receptive_field_find(graph, 5, &field));
    expect_axis(field.x, 9.5f, 8, 27);
    expect_axis(field.y, 5.5f, 8, 19);
    graph_destroy(graph);
}

static int n_refusals;

static void count_refusal(enum log_level level, const char *line) {
    assert_int_equal(level, LOG_ERROR);
    assert_non_null(strstr(line, "smilecam-test-"));
    assert_non_null(strstr(line, "does not end in global average pooling"));
    n_refusals++;
}

static void others_are_refused(void **state) {
    (void)state;
    struct image chips[N];
    float p[N * 2], map[1];
    make_chips(chips);
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        struct classifier *classifier = load_text(without[i]);
        assert_int_equal(classifier_info(classifier)->map_height, 0);
        assert_int_equal(classifier_info(classifier)->map_width, 0);
        classifier_run(classifier, chips, N, p);
        log_set_writer(count_refusal);
        assert_false(classifier_map(classifier, 0, 1, map));
        log_set_writer(NULL);
        assert_int_equal(n_refusals, i + 1);
        classifier_destroy(classifier);
    }
    finish_chips(chips);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_are_log_odds),
        cmocka_unit_test(labels_are_opposite),
        cmocka_unit_test(agrees_with_the_formula),
        cmocka_unit_test(finds_the_bright_corner),
        cmocka_unit_test(a_map_sees_its_kernel),
        cmocka_unit_test(rectifiers_pass_what_is_positive),
        cmocka_unit_test(other_layers_pass_gradients),
        cmocka_unit_test(fields_are_where_windows_look),
        cmocka_unit_test(others_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
