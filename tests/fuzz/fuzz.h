// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A fuzz target is a file that defines this function: it gives bytes to one reader, uses what the
// reader accepts, and returns 0. replay.c or libFuzzer calls it.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

// Before the first input, by the same callers: messages are formatted and not shown.
int LLVMFuzzerInitialize(int *argc, char ***argv);

// What a target may define as well, for libFuzzer alone: changes the bytes, as seed says, and
// returns how many there are then.  bytes:(max_len)
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t max_len, unsigned seed);

// For readers that take a path: a file of that name with these bytes, in a temporary folder that
// goes when the program ends well. Ends the program when that cannot be had.
const char *fuzz_file(const char *name, const uint8_t *bytes, size_t len);
