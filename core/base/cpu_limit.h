// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The instruction set that may be used at most, as --cpu names it: "scalar", "avx2", ... or "auto",
// as at start. core/kernels/cpu.h checks the name; vision keeps to it as well.
void cpu_limit_set(const char *name); // a string constant
const char *cpu_limit(void);
