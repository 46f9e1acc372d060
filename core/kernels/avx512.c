// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#define KERNELS kernels_avx512
#define KERNELS_NAME "avx512"
#define LANES 16
#define TILE_M 12
#define TILE_VECTORS 2
#define PIXELS 8
#define VECTORS 3
#include "core/kernels/vector.h"
