// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Training on a toy that is learnt in seconds: the same weights for a seed, whatever the number of
// threads and through an interruption.

#include "tests/core/train/bars.h"

#include "core/network/arch.h"
#include "core/kernels/cpu.h"
#include "core/train/dataset.h"
#include "core/base/log.h"
#include "core/base/min_max.h"
#include "core/run/classifier.h"
#include "core/run/metrics.h"
#include "core/onnx/onnx.h"
#include "core/run/autoencoder.h"
#include "core/train/label_trainer.h"
#include "core/train/picture_trainer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const char toy[] =
    "input 1x16x16\nconv 6 3x3 stride 2\nbatch_norm\nrelu\nconv 8 3x3 stride 2\n"
    "batch_norm\nrelu\npool global\ndropout 0.1\ndense 2\nsoftmax\n";

struct run {
    struct graph *graph;
    struct trainer *trainer;
    int items[N_CROPS], n;
};

static void start(struct run *run, const struct dataset *dataset, struct thread_pool *threads,
                  int epochs) {
    struct label_config config = LABEL_CONFIG_DEFAULT;
    config.train.epochs = epochs;
    config.train.batch = 24;
    config.train.learning_rate = 0.01;
    config.augmentation.mirror = false;
    run->graph = arch_parse("toy", toy);
    run->n = 0;
    for (int i = 0; i < dataset->n; i++) {
        if (dataset->crops[i].found) {
            run->items[run->n++] = i;
        }
    }
    run->trainer = label_trainer_create(run->graph, dataset, run->items, run->n, &config,
                                        cpu_kernels(), threads);
    assert_non_null(run->trainer);
}

static void stop(struct run *run) {
    trainer_destroy(run->trainer);
    graph_destroy(run->graph);
}

static void toy_is_learnt(void **state) {
    (void)state;
    struct dataset dataset;
    struct run run;
    bars_make(&dataset);
    start(&run, &dataset, NULL, 25);
    double first = trainer_run_epoch(run.trainer, NULL, NULL), last = first;
    while (trainer_epochs_done(run.trainer) < 25) {
        last = trainer_run_epoch(run.trainer, NULL, NULL);
    }
    assert_true(last < 0.5 * first);
    struct image chips[N_CROPS];
    float probabilities[N_CROPS][2], scores[N_CROPS];
    int truth[N_CROPS];
    for (int i = 0; i < run.n; i++) {
        chips[i] = dataset_chip(&dataset, run.items[i]);
        truth[i] = dataset.crops[run.items[i]].label;
    }
    chips[run.n] = (struct image){0}; // no face was found
    assert_true(classifier_score(trainer_network(run.trainer), chips, run.n + 1, cpu_kernels(),
                                 probabilities[0]));
    for (int i = 0; i < run.n; i++) {
        scores[i] = probabilities[i][1];
        assert_int_equal(argmax(probabilities[i], 2), scores[i] > 0.5f);
    }
    assert_int_equal(argmax(probabilities[run.n], 2), -1);
    assert_true(metrics_of(scores, truth, run.n, 0.5f).accuracy > 0.97);
    stop(&run);
    dataset_finish(&dataset);
}

// By finite differences.
static void check_picture_gradient(const struct graph *graph) {
    enum { N = 4 };
    real x[N] = {-4, -1, 0.5f, 2}, y[N] = {0.2f, 0.4f, 0.6f, 0.9f}, dy[N], step = 1e-3f;
    autoencoder_loss(graph, x, y, N, dy);
    for (int i = 0; i < N; i++) {
        real keep = y[i];
        y[i] = keep + step;
        double up = autoencoder_loss(graph, x, y, N, NULL), high = (double)y[i];
        y[i] = keep - step;
        double slope = (up - autoencoder_loss(graph, x, y, N, NULL)) / (high - (double)y[i]);
        y[i] = keep;
        assert_true(fabs(slope - (double)dy[i]) < 1e-4);
    }
}

// By squared errors and by cross-entropy, with any number of threads.
static void pictures_are_learnt_without_labels(void **state) {
    (void)state;
    static const char text[] = "input 1x16x16\nconv 6 3x3\nbatch_norm\nrelu\npool max 2x2\nname p\n"
                               "conv 6 3x3\nbatch_norm\nrelu\nunpool p\nconv 1 3x3\n";
    struct dataset dataset;
    bars_make(&dataset);
    struct train_config config = TRAIN_CONFIG_DEFAULT;
    struct augmentation augmentation = AUGMENTATION_DEFAULT;
    config.epochs = 12;
    config.batch = 24;
    config.learning_rate = 0.01;
    int items[N_CROPS], n = 0;
    struct image chips[N_CROPS];
    for (int i = 0; i < dataset.n; i += i % 10 == 8 ? 2 : 1) {
        chips[n] = dataset_chip(&dataset, i);
        items[n++] = i;
    }
    for (int sigmoid = 0; sigmoid < 2; sigmoid++) {
        double loss[2];
        for (int i = 0; i < 2; i++) {
            char whole[256];
            snprintf(whole, sizeof whole, "%s%s", text, sigmoid ? "sigmoid\n" : "");
            struct graph *graph = arch_parse("pictures", whole);
            struct thread_pool *threads = i ? thread_pool_create(3) : NULL;
            assert_true(autoencoder_is(graph));
            check_picture_gradient(graph);
            struct trainer *trainer = picture_trainer_create(graph, &dataset, items, n, &config,
                                                             &augmentation, cpu_kernels(), threads);
            assert_non_null(trainer);
            double first = trainer_run_epoch(trainer, NULL, NULL), last = first;
            while (trainer_epochs_done(trainer) < config.epochs) {
                last = trainer_run_epoch(trainer, NULL, NULL);
            }
            loss[i] = autoencoder_measure(trainer_network(trainer), chips, n, cpu_kernels());
            print_message("%s: loss %.3f, at last %.3f, of whole bars %.3f\n",
                          sigmoid ? "cross-entropy" : "squared errors", first, last, loss[i]);
            assert_true(last < 0.9 * first && loss[i] < 0.9 * first);
            trainer_destroy(trainer);
            thread_pool_destroy(threads);
            graph_destroy(graph);
        }
        assert_true(loss[0] == loss[1]);
    }
    dataset_finish(&dataset);
}

static void threads_make_no_difference(void **state) {
    (void)state;
    struct dataset dataset;
    struct run one, three;
    bars_make(&dataset);
    struct thread_pool *threads = thread_pool_create(3);
    start(&one, &dataset, NULL, 4);
    start(&three, &dataset, threads, 4);
    for (int i = 0; i < 3; i++) {
        assert_true(trainer_run_epoch(one.trainer, NULL, NULL) ==
                    trainer_run_epoch(three.trainer, NULL, NULL));
    }
    assert_memory_equal(one.graph->values, three.graph->values, one.graph->n_values * sizeof(real));
    stop(&one);
    stop(&three);
    thread_pool_destroy(threads);
    dataset_finish(&dataset);
}

static bool stop_at_3(void *arg, int step, double loss) {
    (void)arg;
    (void)loss;
    return step < 3;
}

static void resumes_as_if_uninterrupted(void **state) {
    (void)state;
    char path[] = "/tmp/smilecam-checkpoint-XXXXXX";
    close(mkstemp(path));
    struct dataset dataset;
    struct run whole, broken, resumed;
    bars_make(&dataset);
    start(&whole, &dataset, NULL, 6);
    start(&broken, &dataset, NULL, 6);
    start(&resumed, &dataset, NULL, 6);
    for (int i = 0; i < 4; i++) {
        trainer_run_epoch(whole.trainer, NULL, NULL);
    }
    trainer_run_epoch(broken.trainer, NULL, NULL);
    trainer_run_epoch(broken.trainer, NULL, NULL);
    assert_true(trainer_save(broken.trainer, path));
    assert_true(isnan(trainer_run_epoch(broken.trainer, stop_at_3, NULL)));
    assert_true(trainer_load(resumed.trainer, path));
    assert_int_equal(trainer_epochs_done(resumed.trainer), 2);
    trainer_run_epoch(resumed.trainer, NULL, NULL);
    trainer_run_epoch(resumed.trainer, NULL, NULL);
    assert_memory_equal(whole.graph->values, resumed.graph->values,
                        whole.graph->n_values * sizeof(real));
    assert_memory_equal(trainer_network(whole.trainer)->values,
                        trainer_network(resumed.trainer)->values,
                        whole.graph->n_values * sizeof(real));
    stop(&broken);
    start(&broken, &dataset, NULL, 7); // other settings: not its checkpoint
    log_set_level((enum log_level) - 1);
    assert_false(trainer_load(broken.trainer, path));
    dataset.pixels[0] ^= 1; // other pixels: neither
    assert_false(trainer_load(resumed.trainer, path));
    dataset.pixels[0] ^= 1;
    assert_int_equal(truncate(path, 100), 0);
    assert_false(trainer_load(resumed.trainer, path));
    log_set_level(LOG_INFO);
    stop(&whole);
    stop(&broken);
    stop(&resumed);
    dataset_finish(&dataset);
    unlink(path);
}

// With faces of other sets alone there is nothing to learn from.
static void own_faces_are_needed(void **state) {
    (void)state;
    struct dataset dataset;
    struct label_config config = LABEL_CONFIG_DEFAULT;
    struct graph *graph = arch_parse("toy", toy);
    const int items[] = {0, 1, 2, 3};
    bars_make(&dataset);
    for (int i = 0; i < dataset.n; i++) {
        dataset.crops[i].source = 1;
    }
    log_set_level((enum log_level) - 1);
    assert_null(label_trainer_create(graph, &dataset, items, 4, &config, cpu_kernels(), NULL));
    log_set_level(LOG_INFO);
    graph_destroy(graph);
    dataset_finish(&dataset);
}

// A network whose numbers overflow must be seen to have diverged, and must not become a model file.
static void divergence_is_seen(void **state) {
    (void)state;
    struct dataset dataset;
    struct run run;
    bars_make(&dataset);
    start(&run, &dataset, NULL, 3);
    run.graph->values[run.graph->n_values - 1] = NAN;
    assert_true(isnan(trainer_run_epoch(run.trainer, NULL, NULL)));
    struct metadata metadata = {0};
    log_set_level((enum log_level) - 1);
    assert_false(onnx_write(run.graph, &metadata, "/tmp/smilecam-diverged.onnx"));
    log_set_level(LOG_INFO);
    stop(&run);
    dataset_finish(&dataset);
}

// A source that calls bars otherwise leaves its mark in its bias, not in the network.
static void each_source_has_its_bias(void **state) {
    (void)state;
    struct dataset dataset;
    struct label_config config = LABEL_CONFIG_DEFAULT;
    struct rng rng;
    float mean[2];
    rng_init(&rng, 3, 0);
    bars_make(&dataset);
    for (int i = 0; i < N_CROPS; i++) { // in the second, six of ten standing ones are called lying
        dataset.crops[i].source = i >= 80;
        dataset.crops[i].label &= i < 80 || rng_uniform(&rng) > 0.6;
    }
    for (int with = 0; with < 2; with++) {
        struct run run;
        start(&run, &dataset, NULL, 12);
        trainer_destroy(run.trainer);
        config.train.batch = 12;
        config.train.learning_rate = 0.01;
        config.augmentation.mirror = false;
        config.per_source = 1000;
        config.source_bias = with;
        config.train.epochs = 40;
        config.train.mean_decay = 0.95;
        run.trainer = label_trainer_create(run.graph, &dataset, run.items, run.n, &config,
                                           cpu_kernels(), NULL);
        while (trainer_epochs_done(run.trainer) < 40) {
            assert_true(isfinite(trainer_run_epoch(run.trainer, NULL, NULL)));
        }
        struct image chips[72];
        float p[72][2];
        for (int i = 0; i < 72; i++) {
            chips[i] = dataset_chip(&dataset, run.items[i]);
        }
        assert_true(classifier_score(trainer_network(run.trainer), chips, 72, cpu_kernels(), p[0]));
        mean[with] = 0;
        for (int i = 0; i < 72; i++) {
            mean[with] += p[i][1] / 72;
        }
        stop(&run);
    }
    print_message("the first source's mean: %.3f without biases, %.3f with them\n", (double)mean[0],
                  (double)mean[1]);
    assert_true(mean[1] > mean[0] + 0.02f);
    dataset_finish(&dataset);
}

static void at_most_so_many_of_each_source(void **state) {
    (void)state;
    struct dataset dataset;
    struct run run;
    struct label_config config = LABEL_CONFIG_DEFAULT;
    bars_make(&dataset);
    for (int i = 0; i < N_CROPS; i++) {
        dataset.crops[i].source = (uint8_t)(i < 20 ? 0 : i < 60 ? 2 : 5);
    }
    start(&run, &dataset, NULL, 2);
    trainer_destroy(run.trainer);
    config.train.batch = 1;
    config.per_source = 30;
    run.trainer =
        label_trainer_create(run.graph, &dataset, run.items, run.n, &config, cpu_kernels(), NULL);
    assert_int_equal(trainer_steps_per_epoch(run.trainer), 18 + 30 + 30);
    stop(&run);
    dataset_finish(&dataset);
}

// Auxiliary crops are drawn as many as asked for, and the rest of a run does not depend on more.
static void auxiliary_faces_are_drawn(void **state) {
    (void)state;
    struct dataset dataset;
    struct run run;
    struct label_config config = LABEL_CONFIG_DEFAULT;
    bars_make(&dataset);
    for (int i = 80; i < N_CROPS; i++) {
        dataset.crops[i].source = 1;
    }
    start(&run, &dataset, NULL, 2); // for its list of items
    trainer_destroy(run.trainer);
    const double shares[] = {0, 0.5, 100};
    const int steps[] = {72 / 8, 108 / 8, 144 / 8}; // 72 of each half have a face
    config.train.batch = 8;
    for (int i = 0; i < 3; i++) {
        config.auxiliary_share = shares[i];
        run.trainer = label_trainer_create(run.graph, &dataset, run.items, run.n, &config,
                                           cpu_kernels(), NULL);
        assert_non_null(run.trainer);
        assert_int_equal(trainer_steps_per_epoch(run.trainer), steps[i]);
        assert_true(isfinite(trainer_run_epoch(run.trainer, NULL, NULL)));
        trainer_destroy(run.trainer);
    }
    run.trainer = NULL;
    stop(&run);
    dataset_finish(&dataset);
}

static void goes_on_from_given_values(void **state) {
    (void)state;
    struct dataset dataset;
    struct run fresh, given;
    struct label_config config = LABEL_CONFIG_DEFAULT;
    char path[] = "/tmp/smilecam-given-XXXXXX";
    close(mkstemp(path));
    bars_make(&dataset);
    start(&fresh, &dataset, NULL, 2);
    start(&given, &dataset, NULL, 2);
    trainer_destroy(given.trainer);
    given.graph->values[0] = 0.25f;
    config.train.keep_values = true;
    given.trainer = label_trainer_create(given.graph, &dataset, given.items, given.n, &config,
                                         cpu_kernels(), NULL);
    assert_non_null(given.trainer);
    assert_true(given.graph->values[0] == (real)0.25);
    assert_true(trainer_network(given.trainer)->values[0] == (real)0.25);
    assert_true(trainer_save(given.trainer, path));
    given.graph->values[0] = 0.5f; // from elsewhere: not that run's checkpoint
    struct trainer *other = label_trainer_create(given.graph, &dataset, given.items, given.n,
                                                 &config, cpu_kernels(), NULL);
    log_set_level((enum log_level) - 1);
    assert_false(trainer_load(other, path));
    log_set_level(LOG_INFO);
    assert_true(trainer_load(given.trainer, path));
    trainer_destroy(other);
    stop(&fresh);
    stop(&given);
    dataset_finish(&dataset);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(toy_is_learnt),
        cmocka_unit_test(threads_make_no_difference),
        cmocka_unit_test(pictures_are_learnt_without_labels),
        cmocka_unit_test(resumes_as_if_uninterrupted),
        cmocka_unit_test(auxiliary_faces_are_drawn),
        cmocka_unit_test(each_source_has_its_bias),
        cmocka_unit_test(at_most_so_many_of_each_source),
        cmocka_unit_test(goes_on_from_given_values),
        cmocka_unit_test(own_faces_are_needed),
        cmocka_unit_test(divergence_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
