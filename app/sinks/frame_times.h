// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"
#include "app/sources/frame.h"

// What each frame cost, as CSV for percentiles: one line a frame, all in nanoseconds.
//
//   frame,media,grey,find,classify,latency
//
// latency is from the capture of the picture (files: from its decoding) to the end of what was done
// with it: in a window until it was presented, else until every output had it.

struct frame_times;

struct frame_times *frame_times_create(const char *path); // NULL (logged) on failure
void frame_times_add(struct frame_times *times, const struct frame *frame,
                     const struct analysis *analysis); // done is now
bool frame_times_close(
    struct frame_times *times); // false (logged) when not all was written; NULL is legal
