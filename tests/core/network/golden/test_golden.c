// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Outputs and gradients of small networks against what PyTorch makes of them: golden.txt, recorded
// by make_golden.py. In double precision, so that only a wrong formula can differ.
//
// usage: test_golden golden.txt

#include "core/network/arch.h"
#include "core/base/file.h"
#include "core/train/tape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define BATCH 2
#define TOLERANCE 1e-7 // of the largest value of a row; the recording has eight digits

static const char *golden_path;

// What numbers() in make_golden.py makes.
static double number(uint64_t i, uint64_t salt) {
    uint32_t mixed = (uint32_t)((i + 1000003 * salt) * 2654435761u);
    mixed = (mixed ^ mixed >> 15) * 2246822519u;
    return mixed / 2147483648.0 - 1;
}

static void fill(double *x, size_t n, uint64_t salt) {
    for (size_t i = 0; i < n; i++) {
        x[i] = number(i, salt);
    }
}

// Reads "WORD N value..." and compares; returns what follows.
static const char *compare_row(const char *at, const char *word, const double *ours, size_t n,
                               const char *text, double *worst) {
    assert_memory_equal(at, word, strlen(word));
    char *end;
    if (strtoul(at + strlen(word), &end, 10) != n) {
        fail_msg("%s has another length than ours, %zu:\n%s", word, n, text);
    }
    double largest = 0, difference = 0;
    for (size_t i = 0; i < n; i++) {
        double wanted = strtod(end, &end);
        largest = fmax(largest, fabs(wanted));
        difference = fmax(difference, fabs(wanted - ours[i]));
    }
    if (!(difference <= TOLERANCE * fmax(largest, 1e-3))) {
        fail_msg("%s differs by %g of %g:\n%s", word, difference, largest, text);
    }
    *worst = fmax(*worst, largest > 0 ? difference / largest : 0);
    return end + 1;
}

// Batch norm's variances are made positive, as the script does.
static void fill_parameters(struct graph *graph) {
    fill(graph->values, graph->n_values, 2);
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct param *variance = node_param(&graph->nodes[i], "variance");
        for (size_t j = 0; variance && j < variance->len; j++) {
            graph->values[variance->offset + j] += 1.5;
        }
    }
}

// Compares one case; at is what follows "values\n".
static const char *compare_case(const char *text, const char *at, bool training, double *worst) {
    extern const struct kernels kernels_scalar;
    struct graph *graph = arch_parse("golden", text);
    assert_non_null(graph);
    fill_parameters(graph);
    struct tape *tape = tape_create(graph, BATCH, &kernels_scalar, NULL);
    assert_non_null(tape);
    size_t n_in = BATCH * shape_len(graph_input_shape(graph));
    size_t n_out = BATCH * shape_len(graph_output_shape(graph));
    double *dy = calloc(n_out, sizeof *dy);
    assert_non_null(dy);
    fill(dy, n_out, 3);
    fill(tape_input(tape), n_in, 1);
    tape_forward(tape, BATCH, training, 0);
    tape_set_gradient(tape, dy);
    tape_backward(tape, true);
    at = compare_row(at, "y", tape_output(tape, 0), n_out, text, worst);
    at = compare_row(at, "dx", tape_input_gradient(tape), n_in, text, worst);
    at = compare_row(at, "dw", tape_gradients(tape), graph->n_values, text, worst);
    free(dy);
    tape_destroy(tape);
    graph_destroy(graph);
    return at;
}

static void same_as_pytorch(void **state) {
    (void)state;
    char *golden = file_read(golden_path, 1 << 22, NULL);
    assert_non_null(golden);
    int n = 0;
    double worst = 0;
    const char *at = golden;
    while ((at = strstr(at, "case "))) {
        bool training = strncmp(at, "case training\n", 14) == 0;
        const char *lines = strchr(at, '\n') + 1, *values = strstr(lines, "values\n");
        assert_non_null(values);
        char text[512];
        snprintf(text, sizeof text, "%.*s", (int)(values - lines), lines);
        at = compare_case(text, values + 7, training, &worst);
        n++;
    }
    print_message("%d networks, largest relative difference %.1e\n", n, worst);
    assert_true(n >= 40);
    free(golden);
}

int main(int argc, char **argv) {
    golden_path = argc > 1 ? argv[1] : "golden.txt";
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_pytorch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
