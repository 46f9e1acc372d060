// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"
#include "core/network/graph.h"
#include "core/run/objects.h"

// A network whose outputs are maps of objects (objects.h), ready to run on images of any size.

struct detector;

#define DETECTOR_MAX_LABELS 8
#define DETECTOR_MAX_MAPS MAX_OUTPUTS

// What the outputs of a network are as maps of objects, for an input of its size.
struct object_maps {
    int n, n_labels;
    struct object_grid grids[DETECTOR_MAX_MAPS];
};

// False (logged, naming the network) when its input is not grey, or an output is no map: n_labels
// + 4 channels, whole pixels to a place.
bool object_maps_of(const struct graph *graph, const char *name, struct object_maps *maps);

// The inputs' sides are multiples of this many pixels.
#define DETECTOR_STEP 32

// Loads an ONNX model. NULL (logged, naming the path) when the file cannot be read, is damaged, or
// is not a detector. Owned by the caller. Not thread-safe: use one per thread.
struct detector *detector_create(const char *path);

// The same of a network in memory, which is copied.
struct detector *detector_of(const struct graph *graph, const char *name);
struct detector *detector_clone(const struct detector *detector); // for images of another size
void detector_destroy(struct detector *detector);                 // NULL is legal

// The score from which its objects count, as measured on held-out pictures and stored in the file;
// 0.5 if it stores none.
float detector_threshold(const struct detector *detector);

// Prepares for images of up to width x height pixels. Costs milliseconds when the size is another
// one. False (logged) without memory, or when such an image is too large.
bool detector_resize(struct detector *detector, int width, int height);

// Finds the objects that score at least threshold in a GREY8 image no larger than detector_resize
// said: found:(capacity), by falling score, in pixels of the image. Of objects that overlap by more
// than 0.45 only the best is kept. Returns their number. Allocates nothing; cannot fail.
int detector_run(struct detector *detector, const struct image *grey, float threshold,
                 struct object *found, int capacity);

// The network's input for each grey level x: log2(x + 4) / 1.5 - 4, in about [-2.7, 1.4], in which
// darkness is a shift.
void detector_levels(real levels[256]);
