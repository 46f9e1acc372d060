// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/face_place.hpp"

#include "vision/guard.hpp"

#include <cmath>

// Sides of a chip without padding, from its corner: where the labelled points of the training faces
// that dlib's detector finds (5,427 of LFW and AFLW) lie on average in the 80-pixel chips that
// dlib's 68 landmarks cut; made symmetric, which moved them by 0.006 at most. So chips from five
// points show a face in the same place and of the same size.
static const struct point MEAN_FACE[N_FACE_POINTS] = {
    {0.2293f, 0.2115f}, {0.7707f, 0.2115f}, {0.5f, 0.532f}, {0.2666f, 0.7962f}, {0.7334f, 0.7962f}};

// Of the boxes of faces that the predictor is trained with, which reach from forehead to chin.
static const float BOX_ASPECT = 0.745f;

face_place face_place_of_box(struct box box) {
    float side = std::sqrt(box.w * box.h / BOX_ASPECT);
    return {box.x + 0.5f * box.w, box.y + 0.5f * box.h, side, 0, false};
}

// How dlib's detector sees such a box, in heights of the box: the side of its square, and how far
// its middle lies below the box's (medians of 806 faces of LFW and AFLW that it finds).
static const float SQUARE_SIDE = 0.7516f, SQUARE_DOWN = 0.0546f;

struct box face_box_of_square(struct box square) {
    float h = square.h / SQUARE_SIDE, w = BOX_ASPECT * square.w / SQUARE_SIDE;
    struct point middle = box_centre(&square);
    middle.y -= SQUARE_DOWN * h;
    return box_around(middle, w, h);
}

struct box face_square_of_box(struct box box) {
    struct point middle = box_centre(&box);
    middle.y += SQUARE_DOWN * box.h;
    return box_around(middle, SQUARE_SIDE * box.w / BOX_ASPECT, SQUARE_SIDE * box.h);
}

// Far outside any picture the predictors would overflow.
static bool is_near(float x) {
    return std::fabs(x) <= 4.0f * IMAGE_MAX_SIDE;
}

bool face_box_is_sane(struct box box) {
    bool sane = is_near(box.x) && is_near(box.y) && is_near(box.w) && is_near(box.h) &&
                box.w >= 2 && box.h >= 2;
    if (!sane) {
        LOG(ERROR, "no face fits into a box of %gx%g pixels at (%g, %g)", (double)box.w,
            (double)box.h, (double)box.x, (double)box.y);
    }
    return sane;
}

static struct point middle(const struct point points[N_FACE_POINTS]) {
    struct point sum = {0, 0};
    for (int i = 0; i < N_FACE_POINTS; i++) {
        sum = {sum.x + points[i].x, sum.y + points[i].y};
    }
    return {sum.x / N_FACE_POINTS, sum.y / N_FACE_POINTS};
}

face_place face_place_of_points(const struct point points[N_FACE_POINTS], float padding) {
    struct point from = middle(MEAN_FACE), to = middle(points);
    float a = 0, b = 0, spread = 0; // the transform's matrix is (a -b; b a)
    for (int i = 0; i < N_FACE_POINTS; i++) {
        float x = MEAN_FACE[i].x - from.x, y = MEAN_FACE[i].y - from.y;
        float u = points[i].x - to.x, v = points[i].y - to.y;
        a += x * u + y * v;
        b += x * v - y * u;
        spread += x * x + y * y;
    }
    a /= spread;
    b /= spread;
    float x = 0.5f - from.x, y = 0.5f - from.y;
    return {to.x + a * x - b * y, to.y + b * x + a * y, std::hypot(a, b) * (1 + 2 * padding),
            std::atan2(b, a), false};
}

void face_place_corners(const face_place &place, struct point corners[4]) {
    static const float u[] = {-0.5f, 0.5f, 0.5f, -0.5f}, v[] = {-0.5f, -0.5f, 0.5f, 0.5f};
    float c = place.side * std::cos(place.angle), s = place.side * std::sin(place.angle);
    for (int i = 0; i < 4; i++) {
        corners[i] = {place.x + c * u[i] - s * v[i], place.y + s * u[i] + c * v[i]};
    }
}
