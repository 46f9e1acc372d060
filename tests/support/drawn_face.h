// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

// The drawn face of the demo, in grey, which the caller finishes. The test fails without memory.
struct image drawn_face(int width, int height);
