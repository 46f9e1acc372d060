// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/kernels/int8_kernels.h"
#include "core/kernels/kernels.h"

#include <stdbool.h>

// The best table that this processor can run, or the one that cpu_force chose.
const struct kernels *cpu_kernels(void);

// Makes cpu_kernels return the named table ("scalar", "avx2", "avx512", "neon"), and limits vision
// to it; "auto" lifts the limit. False (logged with the names that work here) when this processor
// has no such table. Call before anything is loaded.
bool cpu_force(const char *name);

// Tables that this processor can run, best first; returns how many. capacity of 8 is always enough.
int cpu_list(const struct kernels **list, int capacity);

// Tables of int8 kernels that this processor can run, best first, the reference last.
int cpu_int8_list(const struct int8_kernels **list, int capacity);

// The int8 table that goes with a table of kernels; NULL if there is none that this processor can
// run: float is faster then.
const struct int8_kernels *cpu_int8_kernels(const struct kernels *kernels);
