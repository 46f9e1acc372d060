// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#define KERNELS kernels_avx2
#define KERNELS_NAME "avx2"
#define LANES 8
#define TILE_M 6
#define TILE_VECTORS 2
#define PIXELS 4
#define VECTORS 3
#include "core/kernels/vector.h"
