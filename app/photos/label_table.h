// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// The rows of a CSV that labels pictures: "path,label"; or, with a first line that names the
// columns, any columns, of which the first is the path, the one named label, smile, smiling,
// emotion or expression (else the last) the label, and the rest are attributes.

#define LABEL_MAX_COLUMNS 64

struct label_table {
    const char *name; // of the CSV, for messages
    int number;       // of the present line
    char *rest;       // of the text
    int n_columns;    // 0: no line names them
    int label_column;
    char *columns[LABEL_MAX_COLUMNS];
};

struct label_row {
    const char *path, *label;
    char attributes[512]; // "male=1;pose=3", as the columns are named; empty without any
};

// Text is cut up, and must outlive the table.
void label_table_begin(struct label_table *table, const char *name, char *text);

// The next row that is not empty. False at the end, or (*ok false, logged with the line) at one
// that is no row.
bool label_table_next(struct label_table *table, struct label_row *row, bool *ok);
