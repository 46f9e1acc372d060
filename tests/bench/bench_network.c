// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Times a network: one line of JSON on standard output.
//   bench_network run|direct|train|load FILE.onnx|FILE.net [batch [threads [seconds [kernels]]]]
//   bench_network write FILE.net OUT.onnx     the network with random weights, for other programs
//   bench_network peak                        what one core can do
//   bench_network agree FILE.onnx FACES.crops how far the fast plan's verdicts are the exact ones'
// run and direct give each thread a plan, and the samples of a batch to whichever is free; train is
// the whole step on random crops with the default augmentation.

#include "clock.h"
#include "core/arch.h"
#include "core/classifier.h"
#include "core/cpu.h"
#include "core/metadata.h"
#include "core/onnx.h"
#include "core/plan.h"
#include "core/train.h"
#include "peak.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TIMES 100000
#define MAX_THREADS 64

struct times {
    double began, until;
    int n;
    double s[MAX_TIMES];
};

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(struct times *t, int batch, long long multiply_adds) {
    int warm = t->n / 10; // the first tenth warms up
    int n = t->n - warm;
    double *s = t->s + warm;
    qsort(s, (size_t)n, sizeof *s, by_size);
    printf("{\"kernels\": \"%s\", \"runs\": %d, \"min_ms\": %.5f, \"median_ms\": %.5f, "
           "\"images_per_s\": %.1f, \"gflops\": %.2f}\n",
           cpu_kernels()->name, n, 1e3 * s[0], 1e3 * s[n / 2], batch / s[n / 2],
           2e-9 * (double)multiply_adds * batch / s[n / 2]);
}

static bool more(struct times *t) {
    return t->n < MAX_TIMES && (t->n < 5 || clock_s() < t->until);
}

static struct graph *read_graph(const char *path) {
    struct metadata metadata = {0};
    size_t len = strlen(path);
    if (len < 4 || strcmp(path + len - 4, ".net") != 0) {
        return onnx_read(path, &metadata);
    }
    struct graph *graph = arch_read(path);
    struct rng rng;
    rng_init(&rng, 1, 0);
    if (graph) {
        graph_init(graph, &rng);
    }
    return graph;
}

struct job {
    struct plan *plans[MAX_THREADS];
    float *x, *y;
    size_t x_len, y_len;
};

static void run_sample(void *arg, int sample, int worker) {
    const struct job *job = arg;
    plan_run(job->plans[worker], job->x + (size_t)sample * job->x_len, 1,
             job->y + (size_t)sample * job->y_len);
}

static bool time_plan(const struct graph *graph, enum plan_arithmetic arithmetic, int batch,
                      int threads, struct times *times) {
    struct team *team = team_create(threads);
    struct job job = {.x_len = shape_len(graph_input_shape(graph)),
                      .y_len = shape_len(graph_output_shape(graph))};
    job.x = malloc((size_t)batch * job.x_len * sizeof *job.x);
    job.y = malloc((size_t)batch * job.y_len * sizeof *job.y);
    bool ok = team && job.x && job.y;
    for (int i = 0; ok && i < threads; i++) {
        job.plans[i] = plan_create_as(graph, 1, cpu_kernels(), arithmetic);
        ok = job.plans[i];
    }
    struct rng rng;
    rng_init(&rng, 2, 0);
    for (size_t i = 0; ok && i < (size_t)batch * job.x_len; i++) {
        job.x[i] = (float)rng_normal(&rng);
    }
    while (ok && more(times)) {
        double began = clock_s();
        team_run(team, batch, run_sample, &job);
        times->s[times->n++] = clock_s() - began;
    }
    for (int i = 0; i < threads; i++) {
        plan_destroy(job.plans[i]);
    }
    free(job.x);
    free(job.y);
    team_destroy(team);
    return ok;
}

static bool random_crops(struct dataset *dataset, int n, int size) {
    struct rng rng;
    rng_init(&rng, 3, 0);
    dataset_init(dataset, size, 0.25f);
    dataset_label(dataset, "neutral");
    dataset_label(dataset, "smile");
    struct image chip;
    bool ok = image_init(&chip, size, size, PIXEL_GREY8);
    for (int i = 0; ok && i < n; i++) {
        for (int j = 0; j < size * chip.stride; j++) {
            chip.data[j] = (uint8_t)rng_below(&rng, 256);
        }
        struct crop crop = {.label = i % 2, .face_size = 100};
        snprintf(crop.name, sizeof crop.name, "%d", i);
        ok = dataset_add(dataset, &crop, &chip);
    }
    image_finish(&chip);
    return ok;
}

static bool on_step(void *arg, int step, double loss) {
    (void)step;
    (void)loss;
    struct times *times = arg;
    double now = clock_s();
    times->s[times->n++] = now - times->began;
    times->began = now;
    return more(times);
}

static bool time_training(struct graph *graph, int batch, int threads, struct times *times) {
    struct dataset dataset = {0};
    struct train_config config = TRAIN_CONFIG_DEFAULT;
    int n = 8 * batch, *items = malloc((size_t)n * sizeof *items);
    struct team *team = team_create(threads);
    struct trainer *trainer = NULL;
    config.batch = batch;
    config.epochs = MAX_TIMES;
    for (int i = 0; items && i < n; i++) {
        items[i] = i;
    }
    if (items && team && random_crops(&dataset, n, graph_input_shape(graph).h * 5 / 4)) {
        trainer = trainer_create(graph, &dataset, items, n, &config, cpu_kernels(), team);
    }
    times->began = clock_s();
    while (trainer && more(times)) {
        trainer_run_epoch(trainer, on_step, times);
    }
    trainer_destroy(trainer);
    team_destroy(team);
    dataset_finish(&dataset);
    free(items);
    return times->n > 0;
}

// From a file to a plan that is ready to run.
static bool time_loading(const char *path, struct times *times) {
    bool ok = true;
    while (ok && more(times)) {
        double began = clock_s();
        struct graph *graph = read_graph(path);
        struct plan *plan = graph ? plan_create(graph, 1, cpu_kernels()) : NULL;
        times->s[times->n++] = clock_s() - began;
        ok = plan;
        plan_destroy(plan);
        graph_destroy(graph);
    }
    return ok;
}

static int write_network(const char *from, const char *to) {
    struct metadata metadata = {0};
    struct graph *graph = read_graph(from);
    bool ok = graph && onnx_write(graph, &metadata, to);
    graph_destroy(graph);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

// The best kernels' fast plan against the scalar kernels' direct one on every face of a crops file.
static int compare_verdicts(const char *model, const char *crops) {
    struct dataset dataset = {0};
    struct graph *graph = read_graph(model);
    struct plan *fast = graph ? plan_create(graph, 1, cpu_kernels()) : NULL;
    struct plan *exact = graph ? plan_create_as(graph, 1, &kernels_scalar, PLAN_DIRECT) : NULL;
    int size = graph ? graph_input_shape(graph).h : 0, faces = 0, same = 0;
    float *x = malloc((size_t)(size * size + 1) * sizeof *x), y[2][MODEL_MAX_LABELS], most = 0;
    bool ok = fast && exact && x && graph_output_shape(graph).c == 2 &&
              dataset_read(&dataset, crops) && dataset.chip_size >= size;
    for (int i = 0; ok && i < dataset.n; i++) {
        if (dataset.crops[i].found) {
            struct image chip = dataset_chip(&dataset, i);
            image_sample(&chip, SAMPLING_CENTRE, size, x);
            image_standardise(x, size * size);
            plan_run(fast, x, 1, y[0]);
            plan_run(exact, x, 1, y[1]);
            float difference = fabsf(y[0][1] - y[1][1]);
            most = difference > most ? difference : most;
            same += (y[0][1] > 0.5f) == (y[1][1] > 0.5f);
            faces++;
        }
    }
    if (ok) {
        printf("{\"faces\": %d, \"same_verdict\": %d, \"largest_difference\": %.3g}\n", faces, same,
               (double)most);
    }
    free(x);
    plan_destroy(fast);
    plan_destroy(exact);
    graph_destroy(graph);
    dataset_finish(&dataset);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int usage(void) {
    fprintf(stderr, "usage: bench_network run|direct|train|load FILE [batch [threads [seconds "
                    "[kernels]]]]\n       bench_network write FILE.net OUT.onnx\n       "
                    "bench_network agree FILE.onnx FACES.crops\n       bench_network peak\n");
    return EXIT_FAILURE;
}

int main(int argc, char **argv) {
    static struct times times;
    if (argc == 2 && strcmp(argv[1], "peak") == 0) {
        printf("{\"kernels\": \"%s\", \"gflops\": %.1f}\n", cpu_kernels()->name,
               1e-9 * peak_flops(cpu_kernels()->name));
        return EXIT_SUCCESS;
    }
    if (argc == 4 && strcmp(argv[1], "write") == 0) {
        return write_network(argv[2], argv[3]);
    }
    if (argc == 4 && strcmp(argv[1], "agree") == 0) {
        return compare_verdicts(argv[2], argv[3]);
    }
    int batch = argc > 3 ? atoi(argv[3]) : 1, threads = argc > 4 ? atoi(argv[4]) : 1;
    if (argc < 3 || batch < 1 || threads < 1 || threads > MAX_THREADS ||
        (argc > 6 && !cpu_force(argv[6]))) {
        return usage();
    }
    struct graph *graph = read_graph(argv[2]);
    if (!graph) {
        return EXIT_FAILURE;
    }
    long long multiply_adds = graph_multiply_adds(graph);
    bool ok = false;
    times.until = clock_s() + (argc > 5 ? atof(argv[5]) : 1);
    if (strcmp(argv[1], "train") == 0) {
        ok = time_training(graph, batch, threads, &times);
        multiply_adds *= 3; // forward, and backward to the weights and to the input
    } else if (strcmp(argv[1], "load") == 0) {
        ok = time_loading(argv[2], &times);
    } else if (strcmp(argv[1], "run") == 0 || strcmp(argv[1], "direct") == 0) {
        ok = time_plan(graph, argv[1][0] == 'r' ? PLAN_FAST : PLAN_DIRECT, batch, threads, &times);
    }
    graph_destroy(graph);
    if (!ok) {
        return usage();
    }
    print_times(&times, batch, multiply_adds);
    return EXIT_SUCCESS;
}
