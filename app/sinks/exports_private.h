// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Private to export*.c: the writers. Errors are the file's, which is looked at in the end.

#include "app/sinks/exports.h"

void export_summary_csv(FILE *out, const struct timeline *timeline, const struct provenance *of);
void export_summary_json(FILE *out, const struct timeline *timeline, const struct provenance *of);
void export_intervals(FILE *out, const struct timeline *timeline, const struct provenance *of);
void export_vtt(FILE *out, const struct timeline *timeline, const struct provenance *of);
void export_srt(FILE *out, const struct timeline *timeline, const struct provenance *of);
void export_eaf(FILE *out, const struct timeline *timeline, const struct provenance *of);
void export_textgrid(FILE *out, const struct timeline *timeline, const struct provenance *of);

// Text as a cell of a CSV file (RFC 4180).
void export_csv_text(FILE *out, const char *text);

// How the line of a video begins in a summary: {"v":1,"video":"talk.mkv",
void export_json_video(FILE *out, const char *video);

// Nothing for NaN: the cell is empty.
void export_csv_number(FILE *out, double value, int decimals);
