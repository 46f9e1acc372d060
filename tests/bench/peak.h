// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Fused multiply-adds a second, times two, that one core can do: chains of them in registers, as
// wide as the named kernels'. 0 for kernels without vectors.
double peak_flops(const char *kernels);
