// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "../core/image.h"

// Where a picture has changed since it was last searched for faces: a new face can only be there.
// Pure: no clock, nothing allocated. Light that changes everywhere alike, and noise, are no change.

#define CHANGE_SIDE 80 // cells along the picture's longer side, at most

// What was not searched for so long counts as changed, in case a change was too faint to see.
#define CHANGE_REFRESH_S 3.0

struct change_map {
    int width, height; // of the picture; 0: nothing is known
    int cell_px, columns, rows;
    float noise; // grey levels by which a resting cell differs between two frames
    float now[CHANGE_SIDE * CHANGE_SIDE];         // mean grey of each cell in the last picture
    float searched[CHANGE_SIDE * CHANGE_SIDE];    // the same when it was last searched
    double searched_s[CHANGE_SIDE * CHANGE_SIDE]; // and the media time of that
    bool changed[CHANGE_SIDE * CHANGE_SIDE];
};

// Looks at the next picture (GREY8). A zeroed map, or one of another size, begins anew with
// everything changed.
void change_map_update(struct change_map *map, const struct image *grey, double t);

// Where a face of that size or larger may have come: areas of which at least half has changed in
// some square of that size, so that wobbling edges do not count. Fills at most CHANGE_AREAS boxes,
// none closer than a face to the next, and returns their number.
#define CHANGE_AREAS 8
int change_map_areas(const struct change_map *map, float least_face_px,
                     struct box areas[CHANGE_AREAS]);

// The area was searched in the last picture, at its media time t; or there is no need to, since
// what is there is known.
void change_map_done(struct change_map *map, struct box area, double t);
