// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The number type of the network: float; the gradient tests compile the same sources with double,
// so that rounding does not hide errors in the comparison with finite differences.
#ifdef SMILECAM_DOUBLE
typedef double real;
#else
typedef float real;
#endif
