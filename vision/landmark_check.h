// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// dlib's file of a shape predictor (Kazemi and Sullivan 2014), read from start to end before dlib
// reads it: dlib allocates whatever a size in the file says, and its predictor uses indices from
// the file without a look at their range.

// NULL when dlib can read the bytes as a predictor of n_points points and place them in any box
// of up to 2^20 pixels without leaving its memory or the range of a number; else in a few words
// why not ("it is cut short"). *used is the length of the predictor; what follows is not looked
// at.
const char *landmark_check(const void *bytes, size_t n, int n_points, size_t *used);

#ifdef __cplusplus
}
#endif
