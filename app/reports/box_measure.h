// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/face_detector.h"
#include "app/photos/scene_reader.h"

// Recall and precision of a face detector on images with boxes. A face is found by a box that
// overlaps its own by 0.4 (intersection over union), each by one. Faces count from 40 pixels on, at
// a longer side of 640 pixels: sqrt(w h); smaller ones, and those flagged "invalid", are neither
// faces nor false when they are found.

enum box_condition {
    BOXES_AS_IS,
    BOXES_DARK,   // a sixteenth of the light, with a sensor's noise
    BOXES_TURNED, // by 30 degrees, to either side
    N_BOX_CONDITIONS
};

struct measured_box {
    int image;      // of the box set
    int face;       // its box in the set; -1: a false one
    struct box box; // pixels of the image under that condition
    float size;     // sqrt(w h) at a longer side of 640 pixels
    float score;    // of the face as found, NaN: it was missed
};

struct box_measure {
    int n_images, n_empty; // measured; without a face
    int n_faces, n_false;
    struct measured_box *faces;  // n_faces
    struct measured_box *falses; // n_false
    float *worst_empty; // n_empty: the highest score in each image without a face, -INFINITY
                        // when nothing is found there
};

// What is measured: images of that use, or all (use -1). side: the longer side at which the network
// sees them. False (logged) without memory or when the detector fails.
bool box_measure_run(struct box_measure *measure, const struct box_set *boxes,
                     const struct scene_set *scenes, const enum image_use *uses, int use,
                     struct face_detector *detector, enum box_condition condition, int side);

// The part of a measurement whose images belongs[image] names; the caller finishes it. Images
// without a face are all in it. False (logged) without memory.
bool box_measure_part(const struct box_measure *all, const bool *belongs, struct box_measure *part);
void box_measure_finish(struct box_measure *measure);

// The best recall at that precision or a higher one, and the threshold that gives it; 0 and 1 when
// no threshold does.
double box_measure_recall(const struct box_measure *measure, double precision, float *threshold);

// How many of the images without a face have a find of at least that score.
int box_measure_false_images(const struct box_measure *measure, float threshold);

double box_measure_recall_at(const struct box_measure *measure, float threshold);
double box_measure_precision_at(const struct box_measure *measure, float threshold);

// The area under the curve of precision over recall.
double box_measure_average_precision(const struct box_measure *measure);

// An image under a condition; boxes:(n) are moved with it. seed: of noise and side. The caller
// frees *worse. False (logged) without memory.
bool box_condition_apply(const struct image *grey, enum box_condition condition, uint64_t seed,
                         struct image *worse, struct box *boxes, int n);
const char *box_condition_name(enum box_condition condition);
