// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/box.h"
#include "core/image/image.h"

// Where a picture has changed since it was last searched for faces: a new face can only be there.
// Faces are searched by octaves of their size, the first from the least size to twice that, and
// each octave remembers by itself what it has seen: a small change can be a small face only. Pure:
// no clock, nothing allocated. Light that changes everywhere alike, noise, and a camera that shakes
// are no change.

#define CHANGE_SIDE 80   // cells along the picture's longer side, at most
#define CHANGE_SAMPLES 4 // along each side of a cell
#define CHANGE_GRID (CHANGE_SIDE * CHANGE_SAMPLES)

#define CHANGE_OCTAVES 9 // from a face of IMAGE_MAX_SIDE / 512 pixels to one of half that side

// What was not searched for so long counts as changed, in case a change was too faint to see.
#define CHANGE_REFRESH_S 5.0

struct change_map {
    int width, height; // of the picture; 0: nothing is known
    int cell_px, columns, rows;
    double t;    // media time of the last picture
    float noise; // grey levels by which a resting cell differs between two frames
    uint8_t now[CHANGE_GRID * CHANGE_GRID]; // samples of the last picture, in rows
    float mean[CHANGE_SIDE * CHANGE_SIDE];  // of each cell in the last picture
    struct change_past {
        uint8_t samples[CHANGE_GRID * CHANGE_GRID]; // when they were last searched
        double at_s[CHANGE_SIDE * CHANGE_SIDE];     // media time at which each cell was
    } past[CHANGE_OCTAVES];
};

#define CHANGE_AREAS 8
struct change_areas {
    int n;
    struct box boxes[CHANGE_AREAS]; // pixels
};

// Looks at the next picture (GREY8). A zeroed map, or one of another size, begins anew with
// everything changed.
void change_map_update(struct change_map *map, const struct image *grey, double t);

// Where a face of an octave, whose smallest is of face_px, may have come: areas of which at least
// half has changed in some square of that size, so that wobbling edges do not count, however what
// was there is shifted by a few hundredths of the picture. No two are closer than a face.
void change_map_areas(const struct change_map *map, int octave, float face_px,
                      struct change_areas *areas);

// The area was searched for this octave in the last picture; or there is no need to, since what is
// there is known.
void change_map_done(struct change_map *map, int octave, struct box area);
