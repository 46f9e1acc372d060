// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// Keeps the numbers of standard streams that the caller closed (">&-") from going to the files that
// are opened next. Writing to a closed standard output still fails. Call it first.
void standard_streams_keep(void);

// Whether standard output is a pipe whose reader has ended, as head does when it has seen enough.
bool standard_output_reader_gone(void);

// What went wrong when writing, by errno: "it is closed", "No space left on device".
const char *output_problem(int error);

// Reports that standard output could not be written, by errno, unless its reader has seen enough.
// Always false, for the caller to return.
bool standard_output_fail(void);
