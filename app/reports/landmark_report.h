// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/photos/landmark_set.h"

// Prints how well five landmarks are placed in the faces of the set that are held out: the mean
// distance from the labelled points as a share of the distance between the eyes, by set and pose;
// in the boxes as labelled, in shifted and scaled ones, and with the head rolled; beside dlib's 68
// landmarks started from the same boxes (unless all is NULL); and how well the turn that the
// five points show separates the poses. False (logged) on failure.
bool landmark_report_print(const struct landmark_set *set, const struct face_points *model,
                           const struct landmarks *all);
