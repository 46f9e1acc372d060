// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The best instruction set that may be used, as --cpu names it: "scalar", "avx2", ...; "auto" (the
// default) is no limit. Set by cpu_force (core/kernels/cpu.h), which checks the name; kept by core
// and vision.
void cpu_limit_set(const char *name); // a string constant
const char *cpu_limit(void);
