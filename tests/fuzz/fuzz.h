// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stddef.h>
#include <stdint.h>

// A fuzz target is a file that defines this function: it gives bytes to one reader, uses what the
// reader accepts, and returns 0. replay.c or libFuzzer calls it.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

// Before the first input, by the same callers: messages are formatted and not shown.
int LLVMFuzzerInitialize(int *argc, char ***argv);

// For readers that take a path: one file in memory, which holds these bytes until the next call.
// Ends the program when that cannot be had.
const char *fuzz_file(const uint8_t *bytes, size_t len);
