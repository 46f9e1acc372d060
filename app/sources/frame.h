// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

#include <stdbool.h>
#include <stdint.h>

// One picture of a source and its times.
struct frame {
    struct image picture; // PIXEL_BGRX32, or PIXEL_I420 if source_options.planes; owned
    int64_t media_ns;     // presentation time since the start of the medium; what events call t
    int64_t duration_ns;  // how long it stays, if the medium says so; 0 = until the next
    int64_t captured_ns;  // CLOCK_MONOTONIC when the picture was taken (live) or read (file)
    bool stand_in;        // drawn, because there is no camera: what it shows is not real
    uint64_t number;      // 0, 1, 2 ... dropped frames count too
};
