// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The number type of the network. The product is float; the gradient tests compile the same sources
// with double, so that finite differences are compared without rounding in the way.
#ifdef SMILECAM_DOUBLE
typedef double real;
#else
typedef float real;
#endif
