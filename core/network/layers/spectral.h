// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/real.h"

// Spectral pooling (Rippel, Snoek and Adams, Spectral Representations for Convolutional Neural
// Networks, 2015): downsamples an image by keeping the low frequencies of its Fourier transform.
// Frequencies k and -k are kept together, so the result is real; when the new size is even, its
// highest frequency is a single value, the mean of the image's k and -k. All of this is a linear
// map along each axis. Values are scaled so that the mean of the image does not change.

// The map along one axis, from `in` values to `size`.  matrix:(size, in), 1 <= size <= in
//   matrix[i, j] = (1 + 2 sum_{k=1}^{(size-1)/2} cos(2 pi k (i/size - j/in))
//                     + [size even] cos(pi i) cos(pi size j/in)) / in
void spectral_matrix(int size, int in, real *matrix);
