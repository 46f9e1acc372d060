// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/sink.h"

// A table of every face in every frame, with OpenFace's first columns, so that what reads its files
// reads these: frame (from 1), timestamp (media seconds), face, confidence, success, then x, y,
// width, height of the box, smile (smoothed probability), smiling (0 or 1), and with landmarks x_0
// to x_67, y_0 to y_67. A frame without faces has one line, with face and success 0, the rest
// empty; a face that is carried over a moment unseen has success 0 and its last confidence.
// Confidence is the detector's margin, held to [0,1].

// path: a file, or "-" for standard output. Each frame's lines are there at once. NULL (logged) on
// failure.
struct sink *csv_create(const char *path, bool landmarks);
