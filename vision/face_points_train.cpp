// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/face_points.hpp"
#include "vision/guard.hpp"

extern "C" {
#include "core/base/file.h"
#include "core/base/rng.h"
}

#include <cassert>
#include <cmath>

// The first predictor finds where the face is and how it is turned; the second sees it upright.
static const points_shape SHAPES[] = {
    {3, 100, 4, 150, 60, 0.12, 0.15, 0.05},
    {7, 150, 5, 150, 80, 0.1, 0.1, 0.05},
};

static const float DEGREES = 0.017453293f;

// How a detector's boxes lie, in sides; and heads: most nearly upright, a third at any roll.
static face_place jitter(const face_place &box, struct rng *rng) {
    bool rolled = rng_below(rng, 3) == 0;
    face_place place = box;
    place.x += 0.05f * box.side * (float)rng_normal(rng);
    place.y += 0.05f * box.side * (float)rng_normal(rng);
    place.side *= std::exp(0.09f * (float)rng_normal(rng));
    place.angle = rolled ? (float)rng_range(rng, -45, 45) : 10 * (float)rng_normal(rng);
    place.angle *= DEGREES;
    return place;
}

static face_wear wear(struct rng *rng) {
    face_wear worn = {1, 0, 0, rng_next(rng)};
    if (rng_below(rng, 4) == 0) {
        worn.blur = (float)rng_range(rng, 0.02, 0.07);
    }
    if (rng_below(rng, 3) == 0) {
        worn.light = (float)std::exp2(rng_range(rng, -4, 0));
        worn.noise = (float)rng_range(rng, 2, 8);
    }
    return worn;
}

// Every other copy is mirrored, and the first two are not worn.
static std::vector<points_sample> make_samples(const struct face_example *examples, int n,
                                               const points_cascade &before, struct rng *rng) {
    std::vector<points_sample> samples;
    for (int i = 0; i < n; i++) {
        const struct face_example &example = examples[i];
        for (int copy = 0; copy < example.copies; copy++) {
            points_sample sample = {};
            sample.grey = &example.grey;
            sample.place = jitter(face_place_of_box(example.box), rng);
            sample.place.mirrored = copy % 2;
            sample.wear = copy < 2 ? face_wear{1, 0, 0, 0} : wear(rng);
            sample.place = before.refine(sample.grey, sample.place);
            std::copy(example.points, example.points + N_FACE_POINTS, sample.points);
            samples.push_back(sample);
        }
    }
    return samples;
}

bool face_points_train(const struct face_example *examples, int n, uint64_t seed,
                       const char *path) {
    assert(n > 0);
    return guarded("train landmarks", false, [&] {
        struct rng rng;
        rng_init(&rng, seed, 0);
        points_cascade cascade;
        std::string file;
        for (const points_shape &shape : SHAPES) {
            std::vector<points_sample> samples = make_samples(examples, n, cascade, &rng);
            LOG(INFO, "growing %lu trees from %zu faces", shape.levels * shape.trees,
                samples.size());
            std::string bytes = face_engine_load().points_train(samples, shape);
            const char *problem = cascade.add(bytes.data(), bytes.size());
            if (problem) {
                LOG(ERROR, "landmarks cannot be learnt from these faces: %s", problem);
                return false;
            }
            file += bytes;
        }
        return file_write(path, file.data(), file.size());
    });
}
