// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "vision/vision.h"

// Faces with five labelled points, for training landmarks: a folder or a packed set with
//
//   points.csv  path,x_left_eye,y_left_eye,x_right_eye,y_right_eye,x_nose,y_nose,
//               x_left_mouth,y_left_mouth,x_right_mouth,y_right_mouth,...,pose
//   boxes.csv   path,x,y,w,h,...
//
// each with a line of headings; paths begin where the two files lie.

struct landmark_face {
    struct face_example example; // copies 0
    char set[16];                // the first folder of its path
    int pose;                    // 1 left profile, 2 left, 3 frontal, 4 right, 5 right profile
    bool held_out;               // by a hash of its file: a fifth of aflw, a tenth of other sets
};

struct landmark_set {
    int n, capacity;
    int n_unreadable; // pictures, each reported
    struct landmark_face *faces;
};

// False (logged) when it cannot be read or has no face. Decodes all pictures.
bool landmark_set_open(struct landmark_set *set, const char *path);
void landmark_set_close(struct landmark_set *set); // legal on a zeroed one
