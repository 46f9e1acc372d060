// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

// A drawn face that rests, then smiles, again and again. Its schedule is the ground truth of the
// end-to-end tests: a smile begins at DEMO_FIRST_SMILE_S + k * DEMO_PERIOD_S and ends DEMO_SMILE_S
// later (media seconds).
#define DEMO_PERIOD_S 6.0
#define DEMO_FIRST_SMILE_S 2.0
#define DEMO_SMILE_S 3.0
#define DEMO_RAMP_S 0.25 // the mouth corners rise or fall within this time, centred on start or end

// How much it smiles at t, [0,1]; 0.5 exactly at the scheduled times.
double demo_smile(double t);

// Draws the face at time t into a PIXEL_BGRX32 picture of any size from 160x120 up. Pure: equal t,
// equal pixels.
void demo_draw(struct image *picture, double t);

// Its parts. Lengths are in eye distances (pupil to pupil), u to the picture's right and v down;
// (0, 0) lies between the eyes of the head at rest.

// Where the head is and how large.
struct demo_pose {
    float x, y;     // of (0, 0), pixels
    float px;       // pixels per eye distance
    float cos, sin; // of the tilt
};

// The part of the head that the sprites cover.
#define HEAD_LEFT -1.60f
#define HEAD_TOP -2.20f
#define HEAD_RIGHT 1.60f
#define HEAD_BOTTOM 1.98f

// What does not change from frame to frame. Depends on the picture's size alone.
struct demo_scene {
    struct image room;        // background with neck and shoulders, BGRX32
    struct image rest, smile; // heads without eyes and mouth, BGRX32 premultiplied by X
    struct image blend;       // room for a mixture of the two
    struct demo_pose pose;    // at rest
    bool talking;             // speaks when it does not smile
};

// NULL (logged) when memory is short.
struct demo_scene *demo_scene_create(int width, int height);
void demo_scene_destroy(struct demo_scene *scene); // NULL is legal

// What demo_draw does, without preparing the scene again. picture has the scene's size.
void demo_scene_draw(struct demo_scene *scene, struct image *picture, double t);

// Paints the room and, seen from the resting pose, the body.
void demo_paint_room(struct image *room, const struct demo_pose *pose);

// Paints the head, smiling so much, into a sprite that spans HEAD_LEFT ... HEAD_BOTTOM. False
// (logged) when memory is short.
bool demo_paint_head(struct image *sprite, float smile);

// Paints eyes and mouth over a head in the picture. smile, blink, open (as in speech) in [0,1].
void demo_paint_eyes(struct image *picture, const struct demo_pose *pose, float smile, float blink);
void demo_paint_mouth(struct image *picture, const struct demo_pose *pose, float smile, float open);
