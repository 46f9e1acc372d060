// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Times a network: one line of JSON on standard output.
//
//   bench_network run|direct|int8|train|load FILE.onnx|FILE.net [BATCH [THREADS [SECONDS [CPU]]]]
//   bench_network write FILE.net OUT.onnx
//       the network with random weights, for other programs
//   bench_network peak
//       what one core can do
//   bench_network agree FILE.onnx FACES.crops
//       how far the results of the fast plan and of the int8 plan are from the exact ones
//
// run, direct and int8 give each thread a plan, and the samples of a batch to whichever is free;
// train is the whole step on random crops with the default augmentation.

#include "tests/bench/clock.h"
#include "core/network/arch.h"
#include "core/run/range_observer.h"
#include "core/run/classifier.h"
#include "core/kernels/cpu.h"
#include "core/base/metadata.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"
#include "core/train/label_trainer.h"
#include "tests/bench/peak.h"

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

// Also a model's ranges, when wanted; n is 0 if it has none.
static struct graph *read_graph(const char *path, struct ranges *ranges) {
    struct metadata metadata = {0};
    size_t len = strlen(path);
    if (len < 4 || strcmp(path + len - 4, ".net") != 0) {
        struct graph *model = onnx_read(path, &metadata);
        if (model && ranges && !ranges_read(path, model, &metadata, ranges)) {
            graph_destroy(model);
            return NULL;
        }
        return model;
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

// Without ranges of the model's own they are measured on the sample that is run: good for times.
static bool find_ranges(const struct graph *graph, const float *x, struct ranges *ranges) {
    struct range_observer *range_observer =
        ranges->n == 0 ? range_observer_create(graph, cpu_kernels()) : NULL;
    if (range_observer) {
        range_observer_add(range_observer, x);
        range_observer_ranges(range_observer, ranges);
    }
    range_observer_destroy(range_observer);
    return ranges->n > 0;
}

enum way { FAST, DIRECT, INT8 };

static struct plan *make_plan(const struct graph *graph, enum way way,
                              const struct ranges *ranges) {
    const struct int8_kernels *int8 = cpu_int8_kernels(cpu_kernels());
    return way == INT8
               ? plan_create_int8(graph, 1, cpu_kernels(), int8 ? int8 : &int8_scalar, ranges)
               : plan_create_as(graph, 1, cpu_kernels(), way == FAST ? PLAN_FAST : PLAN_DIRECT);
}

static bool time_plan(const struct graph *graph, enum way way, struct ranges *ranges, int batch,
                      int threads, struct times *times) {
    struct thread_pool *pool = thread_pool_create(threads);
    struct job job = {.x_len = shape_len(graph_input_shape(graph)),
                      .y_len = graph_outputs_len(graph)};
    job.x = malloc((size_t)batch * job.x_len * sizeof *job.x);
    job.y = malloc((size_t)batch * job.y_len * sizeof *job.y);
    bool ok = pool && job.x && job.y;
    struct rng rng;
    rng_init(&rng, 2, 0);
    for (size_t i = 0; ok && i < (size_t)batch * job.x_len; i++) {
        job.x[i] = (float)rng_normal(&rng);
    }
    ok = ok && (way != INT8 || find_ranges(graph, job.x, ranges));
    for (int i = 0; ok && i < threads; i++) {
        job.plans[i] = make_plan(graph, way, ranges);
        ok = job.plans[i];
    }
    while (ok && more(times)) {
        double began = clock_s();
        thread_pool_run(pool, batch, run_sample, &job);
        times->s[times->n++] = clock_s() - began;
    }
    for (int i = 0; i < threads; i++) {
        plan_destroy(job.plans[i]);
    }
    free(job.x);
    free(job.y);
    thread_pool_destroy(pool);
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
    struct label_config config = LABEL_CONFIG_DEFAULT;
    int n = 8 * batch, *items = malloc((size_t)n * sizeof *items);
    struct thread_pool *pool = thread_pool_create(threads);
    struct trainer *trainer = NULL;
    config.train.batch = batch;
    config.train.epochs = MAX_TIMES;
    for (int i = 0; items && i < n; i++) {
        items[i] = i;
    }
    if (items && pool && random_crops(&dataset, n, graph_input_shape(graph).h * 5 / 4)) {
        trainer = label_trainer_create(graph, &dataset, items, n, &config, cpu_kernels(), pool);
    }
    times->began = clock_s();
    while (trainer && more(times)) {
        trainer_run_epoch(trainer, on_step, times);
    }
    trainer_destroy(trainer);
    thread_pool_destroy(pool);
    dataset_finish(&dataset);
    free(items);
    return times->n > 0;
}

// From a file to a plan that is ready to run.
static bool time_loading(const char *path, struct times *times) {
    bool ok = true;
    while (ok && more(times)) {
        double began = clock_s();
        struct graph *graph = read_graph(path, NULL);
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
    struct graph *graph = read_graph(from, NULL);
    bool ok = graph && onnx_write(graph, &metadata, to);
    graph_destroy(graph);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

// What is compared with the exact plan, and how far it was the same.
struct comparison {
    const char *name;
    struct plan *plan;
    int same;
    double most, sum;
};

static void compare(struct comparison *c, const float *x, float exact) {
    float y[MODEL_MAX_LABELS];
    plan_run(c->plan, x, 1, y);
    double difference = fabs((double)y[1] - (double)exact);
    c->most = fmax(c->most, difference);
    c->sum += difference;
    c->same += (y[1] > 0.5f) == (exact > 0.5f);
}

static int compare_faces(struct comparison *ways, int n_ways, struct plan *exact,
                         const struct dataset *dataset, int size, float *x) {
    int faces = 0;
    for (int i = 0; i < dataset->n; i++) {
        if (dataset->crops[i].found) {
            struct image chip = dataset_chip(dataset, i);
            float y[MODEL_MAX_LABELS];
            classifier_input(&chip, size, x);
            plan_run(exact, x, 1, y);
            for (int w = 0; w < n_ways; w++) {
                compare(&ways[w], x, y[1]);
            }
            faces++;
        }
    }
    return faces;
}

// The best kernels' fast plan, and with ranges the int8 one, against the scalar
// kernels' direct one on every face of a crops file.
static int compare_verdicts(const char *model, const char *crops) {
    struct dataset dataset = {0};
    struct ranges ranges = {0};
    struct graph *graph = read_graph(model, &ranges);
    struct plan *exact = graph ? plan_create_as(graph, 1, &kernels_scalar, PLAN_DIRECT) : NULL;
    struct comparison ways[] = {{.name = "fast"}, {.name = "int8"}};
    int n_ways = ranges.n > 0 ? 2 : 1, size = graph ? graph_input_shape(graph).h : 0;
    float *x = malloc((size_t)(size * size + 1) * sizeof *x);
    bool ok = exact && x && graph_output_shape(graph).c == 2 && dataset_read(&dataset, crops) &&
              dataset.chip_size >= size;
    for (int w = 0; ok && w < n_ways; w++) {
        ways[w].plan = make_plan(graph, w == 0 ? FAST : INT8, &ranges);
        ok = ways[w].plan;
    }
    int faces = ok ? compare_faces(ways, n_ways, exact, &dataset, size, x) : 0;
    for (int w = 0; w < n_ways; w++) {
        if (ok) {
            printf("{\"plan\": \"%s\", \"faces\": %d, \"same_verdict\": %d, "
                   "\"largest_difference\": %.3g, \"mean_difference\": %.3g}\n",
                   ways[w].name, faces, ways[w].same, ways[w].most, ways[w].sum / faces);
        }
        plan_destroy(ways[w].plan);
    }
    free(x);
    plan_destroy(exact);
    graph_destroy(graph);
    ranges_finish(&ranges);
    dataset_finish(&dataset);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int usage(void) {
    fprintf(stderr, "usage: bench_network run|direct|int8|train|load FILE [batch [threads [seconds "
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
    struct ranges ranges = {0};
    struct graph *graph = read_graph(argv[2], &ranges);
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
    } else {
        static const char *const ways[] = {"run", "direct", "int8"};
        for (int way = FAST; way <= INT8; way++) {
            ok = ok || (strcmp(argv[1], ways[way]) == 0 &&
                        time_plan(graph, (enum way)way, &ranges, batch, threads, &times));
        }
    }
    ranges_finish(&ranges);
    graph_destroy(graph);
    if (!ok) {
        return usage();
    }
    print_times(&times, batch, multiply_adds);
    return EXIT_SUCCESS;
}
