// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Cuts a line of a CSV at its commas, in place, and returns the number of fields, at most max: what
// is behind them is left out. Spaces, quotes and carriage returns around a field are left out, too.
// fields:(max)  No field holds a comma.
int csv_fields(char *line, char **fields, int max);

// A word without spaces, quotes and carriage returns around it, cut in place.
char *csv_trim(char *word);
