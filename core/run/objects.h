// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/real.h"
#include "core/image/box.h"

#include <stdbool.h>

// Objects in an image: what a detection network says at each place of its output maps, read as
// boxes. Anchor-free, as in FCOS (Tian et al. 2019) and YOLOX (Ge et al. 2021): a place stands for
// the object around it.

// A map's places: place (i, j) looks at the square of stride pixels whose centre is
// ((j + 1/2) stride, (i + 1/2) stride).
struct object_grid {
    int stride; // input pixels
    int rows, columns;
};

// A map holds, for each place, a logit for each label and four numbers for the box:
//   map:(n_labels + 4, rows, columns)
//   centre x = (j + 1/2 + dx) stride   width  = stride exp(dw)    channels dx, dy, dw, dh
//   centre y = (i + 1/2 + dy) stride   height = stride exp(dh)
enum { OBJECT_DX, OBJECT_DY, OBJECT_DW, OBJECT_DH, OBJECT_BOX_CHANNELS };

struct object {
    struct box box; // input pixels
    int label;
    float score; // in [0, 1]
};

// The box that a map gives at a place (index i * columns + j).
struct box object_box_at(const struct object_grid *grid, int n_labels, const real *map, int place);

// Appends the places of a map whose best label scores at least threshold to the n found so far, at
// most capacity in all; when there are more, the weakest are left out. Returns the new n.
int objects_decode(const struct object_grid *grid, int n_labels, const real *map, float threshold,
                   struct object *found, int n, int capacity);

// Greedy non-maximum suppression: sorts by falling score and keeps an object unless it overlaps a
// kept one of its label by more than max_overlap (intersection over union). Returns how many stay.
int objects_suppress(struct object *objects, int n, float max_overlap);
