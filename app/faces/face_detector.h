// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "vision/vision.h"

// Finds all faces in a picture by itself, whatever was seen before.

enum face_detector_kind {
    FACE_DETECTOR_NETWORK, // faces.onnx, on a picture shrunk so that the smallest face is still
                           // seen
    FACE_DETECTOR_HOG,     // dlib's frontal detector
};

// The smallest face that the network finds reliably: pictures are shrunk, or enlarged up to twice,
// to show the smallest that is looked for at this size.
#define NETWORK_FACE_PX 15.0f

struct face_detector_options {
    enum face_detector_kind kind;
    const char *model; // of the network; NULL: the shipped one
};

// Scores from which on a find is a face by itself, and from which it is one where a face was just
// before.
struct face_thresholds {
    float start, keep;
};

struct face_detector;

// NULL (logged) on failure. One thread at a time.
struct face_detector *face_detector_create(const struct face_detector_options *options);
void face_detector_destroy(struct face_detector *detector); // NULL is legal

struct face_thresholds face_detector_thresholds(const struct face_detector *detector);

// Finds the faces in a GREY8 picture whose boxes are at least about min_face_px wide and whose
// scores reach the lower threshold. Writes at most capacity of them, the surest first, none twice,
// in pixels of the picture. Returns their number; -1 (logged) on failure. Equal pictures give equal
// faces.
int face_detector_find(struct face_detector *detector, const struct image *grey, float min_face_px,
                       struct face_box *found, int capacity);

// Of a network: the likeliest place of a face in a picture that shows one, however faint. Returns
// 1, 0 when nothing resembles a face, -1 (logged) on failure.
int face_detector_best_match(struct face_detector *detector, const struct image *grey,
                             float min_face_px, struct face_box *best);
