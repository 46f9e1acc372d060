// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The zoo: networks that PyTorch and Keras wrote, read by us, against what PyTorch makes of them
// (make_zoo.py), and read again after we wrote them; and files that are refused, each for its
// reason.
//
// usage: test_zoo FOLDER FILE.onnx...

#include "core/kernels/cpu.h"
#include "core/base/file.h"
#include "core/base/log.h"
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

#define BATCH 2
#define TOLERANCE 1e-4 // relative to the largest output

static const char *folder;
static char **paths;
static int n_paths;

// The largest difference by the largest wanted value.
static double difference(const float *y, const float *wanted, size_t n) {
    double largest = 1e-6, worst = 0;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs((double)wanted[i]));
        worst = fmax(worst, fabs((double)y[i] - (double)wanted[i]));
        worst = isnan(y[i]) ? INFINITY : worst;
    }
    return worst / largest;
}

// The same of a tape, whose outputs hold a batch each.
static double tape_difference(const struct graph *graph, const struct tape *tape,
                              const float *wanted) {
    double worst = 0;
    for (int k = 0; k < graph_n_outputs(graph); k++) {
        size_t len = shape_len(graph->nodes[graph_output_at(graph, k)].shape);
        for (size_t n = 0; n < BATCH; n++) {
            worst = fmax(worst, difference(tape_output(tape, k) + n * len,
                                           wanted + n * graph_outputs_len(graph), len));
        }
        wanted += len;
    }
    return worst;
}

// Of the plan, as live runs it, and of the tape, as training does.
static double run(struct graph *graph, const float *x, const float *wanted) {
    size_t n_in = BATCH * shape_len(graph_input_shape(graph));
    size_t n_out = BATCH * graph_outputs_len(graph);
    struct plan *plan = plan_create(graph, BATCH, cpu_kernels());
    struct tape *tape = tape_create(graph, BATCH, &kernels_scalar, NULL);
    float *y = calloc(n_out, sizeof *y);
    assert_non_null(plan);
    assert_non_null(tape);
    assert_non_null(y);
    plan_run(plan, x, BATCH, y);
    memcpy(tape_input(tape), x, n_in * sizeof *x);
    tape_forward(tape, BATCH, false, 0);
    double worst = fmax(difference(y, wanted, n_out), tape_difference(graph, tape, wanted));
    free(y);
    tape_destroy(tape);
    plan_destroy(plan);
    return worst;
}

static struct graph *write_and_read(const struct graph *graph) {
    char path[] = "/tmp/smilecam-zoo-XXXXXX";
    close(mkstemp(path));
    struct metadata metadata = {0};
    assert_true(onnx_write(graph, &metadata, path));
    struct graph *again = onnx_read(path, NULL);
    assert_non_null(again);
    unlink(path);
    return again;
}

static void the_zoo_agrees_with_pytorch(void **state) {
    (void)state;
    assert_true(n_paths > 0);
    for (int i = 0; i < n_paths; i++) {
        struct graph *graph = onnx_read(paths[i], NULL);
        if (!graph) {
            fail_msg("%s was not read", paths[i]);
        }
        char recording[4096];
        snprintf(recording, sizeof recording, "%.*s.bin", (int)(strlen(paths[i]) - 5), paths[i]);
        size_t len, n_in = BATCH * shape_len(graph_input_shape(graph));
        size_t n_out = BATCH * graph_outputs_len(graph);
        float *values = file_read(recording, 1 << 20, &len);
        assert_non_null(values);
        if (len != (n_in + n_out) * sizeof *values) {
            fail_msg("%s: %zu inputs and %zu outputs are not what was recorded", paths[i], n_in,
                     n_out);
        }
        double worst = run(graph, values, values + n_in);
        struct graph *again = write_and_read(graph);
        double worst_again = run(again, values, values + n_in);
        const char *slash = strrchr(paths[i], '/');
        print_message("%-26s %3d nodes, largest difference %.1e, written and read again %.1e\n",
                      slash ? slash + 1 : paths[i], graph->n_nodes, worst, worst_again);
        assert_true(worst < TOLERANCE && worst_again < TOLERANCE);
        free(values);
        graph_destroy(again);
        graph_destroy(graph);
    }
}

// Whatever byte of a file is turned around, it is read or refused, never a crash.
static void damaged_files(void **state) {
    (void)state;
    enum { PLACES = 500 };
    log_set_level((enum log_level) - 1);
    for (int i = 0; i < n_paths; i++) {
        size_t len;
        uint8_t *bytes = file_read(paths[i], 1 << 20, &len);
        assert_non_null(bytes);
        for (size_t j = 0; j < PLACES; j++) {
            size_t at = j * len / PLACES;
            uint8_t mask = (uint8_t)(j % 3 ? 1 << j % 8 : 0xff);
            bytes[at] ^= mask;
            graph_destroy(onnx_parse("turned", bytes, len, NULL));
            bytes[at] ^= mask;
        }
        free(bytes);
    }
    log_set_level(LOG_INFO);
}

// What is logged while a file is read.
static void logged_by(const char *path, char *text, size_t room) {
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stderr);
    int keep = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    struct graph *graph = onnx_read(path, NULL);
    dup2(keep, STDERR_FILENO);
    close(keep);
    rewind(file);
    text[fread(text, 1, room - 1, file)] = 0;
    fclose(file);
    if (graph) {
        fail_msg("%s was read", path);
    }
}

static void refused_for_their_reason(void **state) {
    (void)state;
    static const char *const reasons[][2] = {
        {"unknown", "Einsum (a): this operator is not known"},
        {"nan", "not a finite number"},
        {"zero", "divides by zero"},
        {"text", "not floats"},
        {"outside_path", "only read from a file in the model's own folder"},
        {"outside_hidden", "only read from a file in the model's own folder"},
        {"outside_gone", "\"nobody.data\" beside it, which cannot be read"},
        {"outside_long", "beyond the end of"},
        {"outside_negative", "beyond the end of"},
        {"batch_turned", "moves the batch's axis"},
        {"batch_mixed", "mixes the pictures of a batch"},
        {"too_large", "outside 1 to"},
        {"cut", "a pad is negative"},
        {"matrix", "only spectral pools"},
        {"softmax", "only a softmax over one axis"},
        {"resized", "by whole factors"},
        {"cubic", "only the nearest pixel, or bilinear"},
        {"unmade", "\"nobody\" is not made"},
        {"picture", "more than a number for each channel"},
        {"places", "only read by MaxUnpool"},
        {"arg_max", "only one over the scores of a sample"},
        {"open_size", "its input:"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        char path[4096], text[1024];
        snprintf(path, sizeof path, "%s/refused/%s.onnx", folder, reasons[i][0]);
        logged_by(path, text, sizeof text);
        bool one_line = strchr(text, '\n') == text + strlen(text) - 1;
        if (!one_line || !strstr(text, reasons[i][1])) {
            fail_msg("%s: wanted \"%s\", once, logged: %s", path, reasons[i][1], text);
        }
    }
}

int main(int argc, char **argv) {
    folder = argc > 1 ? argv[1] : ".";
    paths = argv + 2;
    n_paths = argc - 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_zoo_agrees_with_pytorch),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(refused_for_their_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
