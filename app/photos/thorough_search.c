// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/thorough_search.h"

#include <math.h>

#define MIN_CONFIDENCE -0.6f // of the best match
#define TURN 0.1745f         // radians, ten degrees
#define MAX_TURNS 3          // either way

// A point of the turned picture back in the one it was turned from.
static struct point turn_back(struct point p, float radians, const struct image *picture) {
    float middle_x = 0.5f * (float)picture->width, middle_y = 0.5f * (float)picture->height;
    float x = p.x - middle_x, y = p.y - middle_y, c = cosf(radians), s = sinf(radians);
    return (struct point){middle_x + c * x - s * y, middle_y + s * x + c * y};
}

static void turn_face_back(struct face *face, float radians, const struct image *picture) {
    struct point centre = turn_back(box_centre(&face->box), radians, picture);
    face->box = box_around(centre, face->box.w, face->box.h);
    for (int i = 0; i < N_FACE_POINTS; i++) {
        face->points[i] = turn_back(face->points[i], radians, picture);
    }
}

// In the turned picture, if it is surer than min_confidence.
static int find_one(struct hog_detector *detector, const struct face_points *points,
                    const struct image *turned, float scale, float min_confidence,
                    struct face *face) {
    struct face_box found;
    int n = hog_detector_find(detector, turned, scale, min_confidence, &found, 1);
    if (n < 1) {
        return n;
    }
    *face = (struct face){.box = found.box, .confidence = found.score};
    return face_points_place(points, turned, face->box, face->points) ? 1 : -1;
}

int thorough_search(struct hog_detector *detector, const struct face_points *points,
                    const struct image *grey, float scale, struct face *best) {
    struct image even = {0}, turned = {0};
    int n = image_init(&even, grey->width, grey->height, PIXEL_GREY8) &&
                    image_init(&turned, grey->width, grey->height, PIXEL_GREY8) &&
                    picture_equalise(grey, &even)
                ? 0
                : -1;
    float min_confidence = MIN_CONFIDENCE;
    for (int i = -MAX_TURNS; n >= 0 && i <= MAX_TURNS; i++) {
        struct face face;
        float radians = TURN * (float)i;
        int found = picture_turn(&even, radians, &turned)
                        ? find_one(detector, points, &turned, scale, min_confidence, &face)
                        : -1;
        if (found > 0) {
            turn_face_back(&face, radians, grey);
            *best = face;
            min_confidence = face.confidence;
        }
        n = found != 0 ? found : n;
    }
    image_finish(&even);
    image_finish(&turned);
    return n;
}
