// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#define KERNELS kernels_neon
#define KERNELS_NAME "neon"
#define LANES 4
#define TILE_M 8
#define TILE_VECTORS 2
#define PIXELS 8
#define VECTORS 3
#include "core/kernels/vector.h"
