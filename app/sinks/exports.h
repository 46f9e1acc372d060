// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/timeline.h"
#include "app/sinks/provenance.h"
#include "app/sinks/text_output.h"

// What is written at the end, from the list of all faces and smiles: tables, subtitles, and the
// files of ELAN and Praat. Each kind is a small writer.

enum export_kind {
    EXPORT_SUMMARY,   // .csv, or JSON, a line for the video
    EXPORT_INTERVALS, // .csv: a row for each smile
    EXPORT_VTT,       // WebVTT (W3C)
    EXPORT_SRT,       // SubRip
    EXPORT_EAF,       // ELAN, EAF 3.0
    EXPORT_TEXTGRID,  // Praat's long text format
    N_EXPORTS
};

// Logs the summary for people: a line for everyone, and one for each of the first faces if there
// are several.
void export_log_summary(const struct timeline *timeline);

// Whether the text of a summary, whose path says its kind, has a row of the video.
bool export_summary_has(const char *text, const char *path, const char *video);

// Opens path ("-": standard output), so that it is known before hours of work whether it can be
// written. False (logged) on failure.
bool export_open(struct text_output *out, enum export_kind kind, const char *path);

// Writes it and closes. False (logged) when it could not be written. Legal on a zeroed one.
bool export_close(struct text_output *out, enum export_kind kind, const struct timeline *timeline,
                  const struct provenance *provenance);
