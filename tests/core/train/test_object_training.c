// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// A detector learns to find bright discs, the same whatever the number of threads and after an
// interruption; and what its samples are made of.

#include "core/kernels/cpu.h"
#include "core/network/arch.h"
#include "core/train/object_trainer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define N_PICTURES 12
#define SIDE 160
#define WINDOW 64

static const char *const network = "input 1x64x64\nconv 8 3x3 stride 2\nbatch_norm\nrelu\n"
                                   "conv 12 3x3 stride 2\nbatch_norm\nrelu\nconv 16 3x3 stride 2\n"
                                   "batch_norm\nrelu\nname fine\nconv 16 3x3 stride 2\nbatch_norm\n"
                                   "relu\nname coarse\nupsample 2\nadd fine\nconv 5 1x1\noutput\n"
                                   "from coarse\nconv 5 1x1\noutput";

static void draw_disc(struct image *image, const struct box *box) {
    for (int y = 0; y < image->height; y++) {
        for (int x = 0; x < image->width; x++) {
            double u = (x + 0.5 - (double)box->x) / (double)box->w * 2 - 1;
            double v = (y + 0.5 - (double)box->y) / (double)box->h * 2 - 1;
            if (u * u + v * v < 1) {
                image->data[y * image->stride + x] = u * u + v * v < 0.3 ? 60 : 230;
            }
        }
    }
}

// Discs on noise; every third picture has none.
static struct scene_set discs(void) {
    struct scene_set set = {.n = N_PICTURES, .pictures = calloc(N_PICTURES, sizeof *set.pictures)};
    struct rng rng;
    rng_init(&rng, 1, 0);
    assert_non_null(set.pictures);
    for (int i = 0; i < N_PICTURES; i++) {
        struct scene_picture *picture = &set.pictures[i];
        struct image *image = &picture->levels[0];
        assert_true(image_init(image, SIDE, SIDE, PIXEL_GREY8));
        for (int p = 0; p < SIDE * SIDE; p++) {
            image->data[p / SIDE * image->stride + p % SIDE] = (uint8_t)(80 + rng_below(&rng, 60));
        }
        picture->n_truths = i % 3 == 2 ? 0 : 2;
        picture->truths = calloc(3, sizeof *picture->truths);
        for (int k = 0; k < picture->n_truths; k++) {
            float size = (float)rng_range(&rng, 20, 60);
            picture->truths[k].box = (struct box){(float)rng_range(&rng, 0, 20) + 80.0f * (float)k,
                                                  (float)rng_range(&rng, 0, 100), size, size};
            draw_disc(image, &picture->truths[k].box);
        }
        assert_true(scene_picture_halve(picture));
    }
    assert_true(scene_set_sort(&set));
    return set;
}

struct run {
    struct scene_set set;
    struct graph *graph;
    struct thread_pool *threads;
    struct trainer *trainer;
};

static void start(struct run *run, int epochs, int samples, int n_threads) {
    struct object_config config = {.train = TRAIN_CONFIG_DEFAULT, .samples = samples};
    config.train.epochs = epochs;
    config.train.batch = 16;
    config.train.learning_rate = 1e-2;
    config.train.mean_decay = 0.9;
    config.train.keep_values = true;
    run->set = discs();
    run->graph = arch_parse("test", network);
    assert_non_null(run->graph);
    object_trainer_init(run->graph, 1);
    run->threads = thread_pool_create(n_threads);
    run->trainer =
        object_trainer_create(run->graph, &run->set, &config, cpu_kernels(), run->threads);
    assert_non_null(run->trainer);
}

static void finish(struct run *run) {
    trainer_destroy(run->trainer);
    thread_pool_destroy(run->threads);
    graph_destroy(run->graph);
    scene_set_finish(&run->set);
}

static void learns_to_find_discs(void **state) {
    (void)state;
    struct run run;
    start(&run, 10, 1024, 2);
    double first = trainer_run_epoch(run.trainer, NULL, NULL), last = first;
    while (trainer_epochs_done(run.trainer) < 10) {
        last = trainer_run_epoch(run.trainer, NULL, NULL);
    }
    struct detector *detector = detector_of(trainer_network(run.trainer), "test");
    assert_non_null(detector);
    assert_true(detector_resize(detector, SIDE, SIDE));
    int right = 0, wanted = 0;
    for (int i = 0; i < N_PICTURES; i++) {
        const struct scene_picture *picture = &run.set.pictures[i];
        struct object found[8];
        int n = detector_run(detector, &picture->levels[0], 0.3f, found, 8);
        for (int t = 0; t < picture->n_truths; t++) {
            bool hit = false;
            for (int k = 0; k < n; k++) {
                hit = hit || box_iou(&found[k].box, &picture->truths[t].box) > 0.4;
            }
            right += hit;
            wanted++;
        }
    }
    print_message("loss %.3f to %.3f, %d of %d discs found\n", first, last, right, wanted);
    assert_true(last < 0.8 * first);
    assert_true(right >= wanted * 3 / 4);
    detector_destroy(detector);
    finish(&run);
}

static void equal_whatever_the_threads_and_interruptions(void **state) {
    (void)state;
    char path[] = "/tmp/smilecam-objects-XXXXXX";
    close(mkstemp(path));
    struct run one, three, resumed;
    start(&one, 3, 64, 1);
    start(&three, 3, 64, 3);
    start(&resumed, 3, 64, 2);
    for (int i = 0; i < 3; i++) {
        assert_true(trainer_run_epoch(one.trainer, NULL, NULL) ==
                    trainer_run_epoch(three.trainer, NULL, NULL));
        if (i == 1) {
            assert_true(trainer_save(three.trainer, path));
        }
    }
    assert_true(trainer_load(resumed.trainer, path));
    trainer_run_epoch(resumed.trainer, NULL, NULL);
    size_t size = one.graph->n_values * sizeof *one.graph->values;
    const real *values = trainer_network(one.trainer)->values;
    assert_memory_equal(values, trainer_network(three.trainer)->values, size);
    assert_memory_equal(values, trainer_network(resumed.trainer)->values, size);
    unlink(path);
    finish(&one);
    finish(&three);
    finish(&resumed);
}

static void samples_are_whole_grey_levels_with_boxes_inside(void **state) {
    (void)state;
    struct scene_set set = discs();
    float scratch[WINDOW * WINDOW], out[WINDOW * WINDOW];
    int n_faces = 0, n_empty = 0;
    for (int k = 0; k < 500; k++) {
        struct object_truth truths[SCENE_MAX_TRUTHS];
        struct rng rng;
        rng_init(&rng, 5, (uint64_t)k);
        int n = scene_sample(&set, &rng, WINDOW, scratch, out, truths);
        n_empty += n == 0;
        for (int i = 0; i < WINDOW * WINDOW; i++) {
            assert_true(out[i] >= 0 && out[i] <= 255 && out[i] == floorf(out[i]));
        }
        for (int i = 0; i < n; i++) {
            const struct box *b = &truths[i].box;
            assert_true(b->x >= 0 && b->y >= 0 && b->w > 0 && b->h > 0);
            assert_true(b->x + b->w <= WINDOW + 1e-3f && b->y + b->h <= WINDOW + 1e-3f);
            n_faces += !truths[i].ignored;
        }
    }
    assert_true(n_faces > 300 && n_empty > 30);
    scene_set_finish(&set);
}

static void a_set_without_objects_is_refused(void **state) {
    (void)state;
    struct scene_set set = {.n = 0, .pictures = calloc(1, sizeof *set.pictures)};
    struct object_config config = {.train = TRAIN_CONFIG_DEFAULT, .samples = 64};
    struct graph *graph = arch_parse("test", network);
    assert_true(scene_set_sort(&set));
    assert_null(object_trainer_create(graph, &set, &config, cpu_kernels(), NULL));
    graph_destroy(graph);
    scene_set_finish(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_to_find_discs),
        cmocka_unit_test(equal_whatever_the_threads_and_interruptions),
        cmocka_unit_test(samples_are_whole_grey_levels_with_boxes_inside),
        cmocka_unit_test(a_set_without_objects_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
