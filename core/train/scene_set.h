// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"
#include "core/train/objects_loss.h"

// Pictures with known boxes, for a detector to learn from.

#define SCENE_LEVELS 6

// A picture and its halves: level i is the picture at 1 / 2^i of its size, so that shrinking never
// skips pixels. Levels beyond n_levels are empty.
struct scene_picture {
    int n_levels;
    struct image levels[SCENE_LEVELS]; // GREY8
    int n_truths;
    struct object_truth *truths; // pixels of level 0
};

// Makes the halves of a picture whose level 0 is there. False (logged) without memory.
bool scene_picture_halve(struct scene_picture *picture);
void scene_picture_finish(struct scene_picture *picture); // legal on a zeroed one

// Whether a picture shows one face and hardly more.
bool scene_picture_is_cutout(const struct scene_picture *picture);

struct scene_face {
    float size; // sqrt(w h)
    int picture, truth;
};

// A place without an object that the detector takes for one.
struct scene_place {
    int picture;
    struct box box; // pixels of level 0
};

struct scene_set {
    int n;
    struct scene_picture *pictures;
    // Filled in by scene_set_sort: faces in pictures with much around them, faces that are cut out
    // (little more than the face: they are pasted onto others), both by size, and the pictures
    // with none.
    int n_faces, n_cutouts, n_empty;
    struct scene_face *faces, *cutouts;
    int *empty;
    // The caller's, who may change it between samples.
    int n_hard;
    const struct scene_place *hard;
};

// False (logged) without memory.
bool scene_set_sort(struct scene_set *set);
void scene_set_finish(struct scene_set *set); // frees the pictures as well; legal on a zeroed one
