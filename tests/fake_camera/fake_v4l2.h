// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The luma at column x of the fake camera's frame k: a ramp that moves, in the range of video, so
// that a test can tell from any frame which one it is.
static inline unsigned char fake_luma(int x, long k) {
    return (unsigned char)(16 + (x + 2 * k) % 220);
}
