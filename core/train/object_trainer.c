// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/object_trainer.h"

#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/base/min_max.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MINED_PICTURES 600 // looked at before an epoch
#define MINED_SIDE 320     // their longer side, at most
#define MINED_SCORE 0.3f
#define MAX_HARD 4096
#define MAX_FOUND 24 // in a picture

struct sample {
    int n_truths, n_assigned;
    struct object_truth truths[SCENE_MAX_TRUTHS];
    int *assigned; // places
    double loss;
};

struct objects {
    struct scene_set *set;
    struct object_config config;
    struct thread_pool *threads;
    struct object_maps maps;
    int side;
    struct sample *samples; // of the batch
    int *assigned;          // (batch, places)
    float *scratch;         // (threads, 2, side, side)
    struct scene_place *hard;
    real levels[256];  // detector_levels
    struct tape *tape; // of the present batch
    double scale;
};

// ---- what fools the network ----

// Whether a place has nothing to do with any truth of the picture.
static bool is_false(const struct scene_picture *picture, const struct box *box) {
    for (int i = 0; i < picture->n_truths; i++) {
        if (box_overlaps(&picture->truths[i].box, box)) {
            return false;
        }
    }
    return true;
}

// The picture's level whose longer side is at most MINED_SIDE.
static int mined_level(const struct scene_picture *picture) {
    int level = 0;
    while (level + 1 < picture->n_levels &&
           max_int(picture->levels[level].width, picture->levels[level].height) > MINED_SIDE) {
        level++;
    }
    return level;
}

static int mine_picture(struct objects *t, struct detector *detector, int picture, int n) {
    const struct scene_picture *scene = &t->set->pictures[picture];
    int level = mined_level(scene);
    const struct image *image = &scene->levels[level];
    struct object found[MAX_FOUND];
    // Sizes in steps of 64 pixels, so that few plans are made.
    if (!detector_resize(detector, (image->width + 63) / 64 * 64, (image->height + 63) / 64 * 64)) {
        return n;
    }
    int n_found = detector_run(detector, image, MINED_SCORE, found, MAX_FOUND);
    float scale = (float)(1 << level);
    for (int i = 0; i < n_found && n < MAX_HARD; i++) {
        struct box b = found[i].box;
        struct box box = {b.x * scale, b.y * scale, b.w * scale, b.h * scale};
        if (is_false(scene, &box)) {
            t->hard[n++] = (struct scene_place){picture, box};
        }
    }
    return n;
}

static bool objects_begin_epoch(void *arg, int epoch, const struct graph *network) {
    struct objects *t = arg;
    struct rng rng;
    t->set->n_hard = 0;
    if (epoch == 0) {
        return true; // it knows nothing yet
    }
    struct detector *detector = detector_of(network, "the network in training");
    if (!detector) {
        return false;
    }
    rng_init(&rng, t->config.train.seed, (uint64_t)epoch);
    int n = 0;
    for (int i = 0; i < MINED_PICTURES && n < MAX_HARD; i++) {
        n = mine_picture(t, detector, (int)rng_below(&rng, (uint32_t)t->set->n), n);
    }
    t->set->n_hard = n;
    t->set->hard = t->hard;
    detector_destroy(detector);
    LOG(DEBUG, "epoch %d: %d places fool the network", epoch + 1, n);
    return true;
}

// ---- a batch ----

static void objects_prepare(void *arg, int epoch, int index, int sample, int worker, real *x) {
    struct objects *t = arg;
    struct sample *s = &t->samples[sample];
    size_t pixels = (size_t)(t->side * t->side);
    float *scratch = t->scratch + 2 * (size_t)worker * pixels, *grey = scratch + pixels;
    struct rng rng;
    rng_init(&rng, t->config.train.seed, ((uint64_t)epoch + 1) << 32 | (uint32_t)index);
    s->n_truths = scene_sample(t->set, &rng, t->side, scratch, grey, s->truths);
    s->n_assigned = objects_assign(&t->maps, s->truths, s->n_truths, s->assigned);
    for (size_t i = 0; i < pixels; i++) {
        x[i] = t->levels[(int)grey[i]];
    }
}

static void sample_loss(void *arg, int sample, int worker) {
    (void)worker;
    struct objects *t = arg;
    struct sample *s = &t->samples[sample];
    const real *x[DETECTOR_MAX_MAPS];
    real *dx[DETECTOR_MAX_MAPS];
    for (int m = 0; m < t->maps.n; m++) {
        const struct object_grid *grid = &t->maps.grids[m];
        size_t len =
            (size_t)((t->maps.n_labels + OBJECT_BOX_CHANNELS) * grid->rows * grid->columns);
        x[m] = tape_output(t->tape, m) + (size_t)sample * len;
        dx[m] = tape_output_gradient(t->tape, m) + (size_t)sample * len;
    }
    s->loss = objects_loss(&t->maps, x, s->truths, s->assigned, t->scale, dx);
}

static double objects_batch_loss(void *arg, struct tape *tape) {
    struct objects *t = arg;
    int batch = t->config.train.batch, n = 0;
    for (int i = 0; i < batch; i++) {
        n += t->samples[i].n_assigned;
    }
    t->tape = tape;
    t->scale = 1.0 / max_int(n, 1);
    tape_begin_backward(tape);
    thread_pool_run(t->threads, batch, sample_loss, t);
    double loss = 0;
    for (int i = 0; i < batch; i++) {
        loss += t->samples[i].loss;
    }
    return loss;
}

static uint64_t objects_fingerprint(const void *arg, uint64_t hash) {
    const struct objects *t = arg;
    hash = fnv1a(hash, &t->config.samples, sizeof t->config.samples);
    for (int i = 0; i < t->set->n; i++) {
        const struct scene_picture *picture = &t->set->pictures[i];
        const struct image *image = &picture->levels[0];
        hash = fnv1a(hash, image->data, (size_t)image->width); // a row tells pictures apart
        for (int k = 0; k < picture->n_truths; k++) {
            hash = fnv1a(hash, &picture->truths[k].box, sizeof picture->truths[k].box);
        }
    }
    return hash;
}

static void objects_destroy(void *arg) {
    struct objects *t = arg;
    free(t->samples);
    free(t->assigned);
    free(t->scratch);
    free(t->hard);
    free(t);
}

static bool allocate(struct objects *t) {
    size_t batch = (size_t)t->config.train.batch, pixels = (size_t)(t->side * t->side);
    size_t places = (size_t)object_places(&t->maps);
    t->samples = calloc(batch, sizeof *t->samples);
    t->assigned = calloc(batch * places, sizeof *t->assigned);
    t->scratch = calloc(2 * (size_t)thread_pool_size(t->threads) * pixels, sizeof *t->scratch);
    t->hard = calloc(MAX_HARD, sizeof *t->hard);
    if (!t->samples || !t->assigned || !t->scratch || !t->hard) {
        return log_no_memory("training a detector");
    }
    detector_levels(t->levels);
    for (size_t i = 0; i < batch; i++) {
        t->samples[i].assigned = t->assigned + i * places;
    }
    return true;
}

void object_trainer_init(struct graph *graph, uint64_t seed) {
    struct rng rng;
    rng_init(&rng, seed, 0);
    graph_init(graph, &rng);
    for (int i = 0; i < graph_n_outputs(graph); i++) {
        int node = graph_output_at(graph, i);
        real *bias = graph_values(graph, node, "bias"),
             *weight = graph_values(graph, node, "weight");
        if (!bias || !weight) {
            continue; // not a convolution
        }
        const struct param *param = node_param(&graph->nodes[node], "weight");
        for (size_t k = 0; k < param->len; k++) {
            weight[k] = (real)(0.01 * rng_normal(&rng));
        }
        int labels = graph->nodes[node].shape.c - OBJECT_BOX_CHANNELS;
        for (int k = 0; k < labels; k++) {
            bias[k] = (real)-4.6;
        }
        bias[labels + OBJECT_DW] = bias[labels + OBJECT_DH] = (real)log(2);
    }
}

struct trainer *object_trainer_create(struct graph *graph, struct scene_set *set,
                                      const struct object_config *config,
                                      const struct kernels *kernels, struct thread_pool *threads) {
    struct object_maps maps;
    struct shape in = graph_input_shape(graph);
    if (!object_maps_of(graph, "the architecture", &maps)) {
        return NULL;
    }
    if (set->n_faces + set->n_cutouts == 0 || in.h != in.w) {
        LOG(ERROR, "there is nothing to learn from: no object that is large and clear enough");
        return NULL;
    }
    struct objects *t = malloc(sizeof *t);
    if (!t) {
        log_no_memory("training a detector");
        return NULL;
    }
    *t = (struct objects){
        .set = set, .config = *config, .threads = threads, .maps = maps, .side = in.h};
    if (!allocate(t)) {
        objects_destroy(t);
        return NULL;
    }
    struct training_task task = {.arg = t,
                                 .steps = max_int(config->samples / config->train.batch, 1),
                                 .begin_epoch = objects_begin_epoch,
                                 .prepare = objects_prepare,
                                 .loss = objects_batch_loss,
                                 .fingerprint = objects_fingerprint,
                                 .destroy = objects_destroy};
    return trainer_create(graph, &task, &t->config.train, kernels, threads);
}
