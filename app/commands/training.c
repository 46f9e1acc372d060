// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/training.h"

#include "app/commands/initial_weights.h"
#include "app/commands/shared_options.h"
#include "app/system/model_files.h"
#include "app/system/path_name.h"

#include "core/network/arch.h"
#include "core/kernels/cpu.h"
#include "core/train/dataset_join.h"
#include "core/base/log.h"
#include "core/base/min_max.h"
#include "core/run/autoencoder.h"
#include "core/run/classifier.h"
#include "core/run/metrics.h"
#include "core/onnx/onnx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_spec rows[] = {
    OPTION_HEADING(N_("Network")),
    OPTION("arch", 0, TEXT, struct training_options, architecture, .argument = "FILE.net",
           .help = N_("architecture, or the name of a shipped one: lenet5, autoencoder ... "
                      "(default: smile)")),
    OPTION("init", 0, TEXT, struct training_options, init, .argument = "MODEL.onnx",
           .help = N_("start from the weights of this model")),
    OPTION("keep", 0, REAL, struct training_options, config.train.initial_share, .argument = "X",
           .help = N_("share of those weights in the result"), .fallback = "0", .minimum = 0,
           .maximum = 1),

    OPTION_HEADING(N_("Training")),
    OPTION("epochs", 0, INT, struct training_options, epochs, .argument = "N",
           .help = N_("passes over the pictures"), .fallback = "30", .minimum = 1,
           .maximum = 100000),
    OPTION("batch", 0, INT, struct training_options, batch, .argument = "N",
           .help = N_("pictures per step"), .fallback = "64", .minimum = 1, .maximum = 4096),
    OPTION("learning-rate", 0, REAL, struct training_options, config.train.learning_rate,
           .argument = "X", .help = N_("peak learning rate"), .fallback = "0.002", .minimum = 1e-9,
           .maximum = 10),
    OPTION("weight-decay", 0, REAL, struct training_options, config.train.weight_decay,
           .argument = "X", .help = N_("decoupled weight decay, times the learning rate"),
           .fallback = "0.01", .minimum = 0, .maximum = 10),
    OPTION("label-smoothing", 0, REAL, struct training_options, config.label_smoothing,
           .argument = "X", .help = N_("share of each label spread over all labels"),
           .fallback = "0.05", .minimum = 0, .maximum = 0.9),
    OPTION("bootstrap", 0, REAL, struct training_options, config.bootstrap, .argument = "X",
           .help = N_("soft bootstrap: share of each target taken from the network itself"),
           .fallback = "0", .minimum = 0, .maximum = 0.9),
    OPTION("augmentation", 0, REAL, struct training_options, augmentation, .argument = "X",
           .help = N_("strength of the random shifts, turns, blur and light; 0: none"),
           .fallback = "1", .minimum = 0, .maximum = 2),
    OPTION("seed", 0, INT, struct training_options, seed, .argument = "N",
           .help = N_("equal seeds give equal weights"), .fallback = "1", .minimum = 0,
           .maximum = 2147483647),
    THREADS_OPTION(struct training_options, threads),

    OPTION_HEADING(N_("Data")),
    OPTION("others", 0, REAL, struct training_options, config.auxiliary_share, .argument = "X",
           .help = N_("faces of the other files per face of the first file, in each epoch"),
           .fallback = "1", .minimum = 0, .maximum = 1000),
    OPTION("per-source", 0, INT, struct training_options, config.per_source, .argument = "N",
           .help = N_("or, if not 0, at most N faces of each file in each epoch"), .fallback = "0",
           .minimum = 0, .maximum = 1000000),
    OPTION("source-bias", 0, FLAG, struct training_options, config.source_bias,
           .help = N_("let each file have its own idea of where a label begins")),
    OPTION("smile", 0, FLAG, struct training_options, smile,
           .help = N_("train on two labels, smile or not, whatever the labels of the pictures")),
    OPTION("frames", 0, FLAG, struct training_options, frames,
           .help = N_("the pictures are frames of one video: similar ones are not copies")),
};
const struct option_group training_options = {rows, N_OPTIONS(rows)};

static struct augmentation augmentation_times(double strength) {
    struct augmentation a = AUGMENTATION_DEFAULT;
    a.shift *= strength;
    a.scale *= strength;
    a.angle *= strength;
    a.coarse *= fmin(strength, 1); // a share
    a.faults *= fmin(strength, 1);
    return a;
}

static void note_others(struct metadata *sources, const char *provenance) {
    const char *before = metadata_get(sources, "smilecam.others");
    char all[METADATA_VALUE_LEN];
    snprintf(all, sizeof all, "%s%s%s", before ? before : "", before ? "; " : "", provenance);
    metadata_set(sources, "smilecam.others", all);
}

static bool join(struct training_options *o, const char *path, int source,
                 struct dataset *dataset) {
    struct dataset more;
    if (!dataset_read(&more, path)) {
        return false;
    }
    int n = dataset_join(dataset, &more, path, source);
    note_others(&o->sources, more.provenance);
    dataset_finish(&more);
    if (n >= 0) {
        LOG(INFO, "%s: %d more faces to learn from", path, n);
    }
    return n >= 0;
}

bool training_read(struct training_options *o, char *const *paths, int n, struct dataset *dataset) {
    if (!dataset_read(dataset, paths[0]) ||
        (o->smile && !dataset_smile_or_not(dataset, paths[0]))) {
        return false;
    }
    for (int i = 1; i < n; i++) {
        if (!join(o, paths[i], i, dataset)) {
            return false;
        }
    }
    int n_copies = o->frames ? 0 : dataset_group_copies(dataset);
    if (n_copies > 0) {
        LOG(INFO, "%d pictures look like others: copies are held out together", n_copies);
    }
    return n_copies >= 0;
}

struct graph *training_graph(struct training_options *o, const struct dataset *dataset) {
    o->config.train.epochs = o->epochs;
    o->config.train.batch = o->batch;
    o->config.train.seed = (uint64_t)o->seed;
    o->config.train.keep_values = o->init != NULL;
    o->config.augmentation = augmentation_times(o->augmentation);
    char shipped[MODEL_PATH_LEN];
    const char *path = model_file_architecture(o->architecture, shipped);
    struct graph *graph = arch_read(path);
    if (!graph) {
        return NULL;
    }
    // What could not be written or used in the end is refused before hours of training.
    bool draws = autoencoder_is(graph);
    bool ok = (draws || (model_complete(graph) && model_shape_check(path, graph))) &&
              onnx_can_write(graph, path);
    if (ok && !draws && graph_output_shape(graph).c != dataset->n_labels) {
        LOG(ERROR, "%s: the network has %d outputs, but the crops have %d labels", path,
            graph_output_shape(graph).c, dataset->n_labels);
        ok = false;
    }
    ok = ok && (!o->init || initial_weights(graph, o->init, o->config.train.seed, &o->sources));
    if (!ok) {
        graph_destroy(graph);
        return NULL;
    }
    return graph;
}

int training_label(const struct dataset *dataset) {
    int label = model_smile_label(dataset->n_labels, dataset->labels);
    return label >= 0 ? label : dataset->n_labels - 1;
}

// The results of one measurement, each for n pictures.
struct measured {
    struct image *chips; // borrowed pixels
    float *probabilities, *scores;
    int *truth;
};

static bool measured_init(struct measured *m, const struct dataset *dataset, const int *items,
                          int n) {
    size_t count = (size_t)n;
    m->chips = calloc(count, sizeof *m->chips);
    m->probabilities = calloc(count * (size_t)dataset->n_labels, sizeof *m->probabilities);
    m->scores = calloc(count, sizeof *m->scores);
    m->truth = calloc(count, sizeof *m->truth);
    if (!m->chips || !m->probabilities || !m->scores || !m->truth) {
        log_no_memory("measuring %d pictures", n);
        return false;
    }
    for (int i = 0; i < n; i++) {
        if (dataset->crops[items[i]].found) {
            m->chips[i] = dataset_chip(dataset, items[i]);
        }
    }
    return true;
}

void training_format(double value, int decimals, char text[16]) {
    snprintf(text, 16, isfinite(value) ? "%.*f" : "unknown", decimals, value);
}

bool training_measure(const struct graph *graph, const struct dataset *dataset, const int *items,
                      int n, float *scores, struct metrics *metrics, struct confusion *confusion) {
    int label = training_label(dataset);
    struct measured m = {0};
    bool ok = measured_init(&m, dataset, items, n) &&
              classifier_score(graph, m.chips, n, cpu_kernels(), m.probabilities);
    for (int i = 0; ok && i < n; i++) {
        const float *p = m.probabilities + i * dataset->n_labels;
        int truth = dataset->crops[items[i]].label;
        m.scores[i] = p[label];
        m.truth[i] = truth == label;
        confusion_add(confusion, truth, m.chips[i].data ? argmax(p, dataset->n_labels) : -1);
        if (scores) {
            scores[items[i]] = p[label];
        }
    }
    if (ok) {
        *metrics = metrics_of(m.scores, m.truth, n, 0.5f);
        ok = metrics->n > 0;
    }
    free(m.chips);
    free(m.probabilities);
    free(m.scores);
    free(m.truth);
    return ok;
}
