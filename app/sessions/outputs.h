// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/presence.h"
#include "app/analysis/timeline.h"
#include "app/pipeline/pipeline.h"
#include "app/reports/video_page.h"
#include "app/sinks/exports.h"
#include "app/sinks/frame_times.h"
#include "app/sinks/record.h"
#include "app/sinks/sink.h"
#include "app/sources/source.h"
#include "app/system/exit_codes.h"

// Where the results of a session go: what live and annotate open, write and close alike.

struct output_options {
    const char *record; // file or "-", or NULL
    const char *events; // file or "-", or NULL
    const char *csv;    // file or "-", or NULL
    bool csv_landmarks;
    const char *frame_times;        // file, or NULL
    const char *exports[N_EXPORTS]; // files or "-", or NULL
    const char *report;             // folder, or NULL
    struct recording_choice recording;
};

// What was not asked for is NULL. The recording belongs to whoever opened it
// (outputs_record_options).
struct outputs {
    struct sink *events, *table;
    struct frame_times *times;
    bool failed; // a write has
    struct text_output exports[N_EXPORTS];
    struct video_page *page;
    struct provenance provenance;
    bool described;      // provenance is known
    bool keeps_timeline; // for those that are written at the end
    struct timeline timeline;
    struct presence presence;
    struct frame last;    // what was written last; without its picture
    struct analysis ends; // outputs_end
};

// Whether the outputs differ from one another, from the input (NULL: not a file) and from two of
// the caller's (or NULL). Logged if not.
bool outputs_check(const struct output_options *options, const char *in, const char *counts,
                   const char *health);

// The option that writes files about single faces, "--csv"; NULL: none does. A stream of events
// that goes to another program is none.
const char *outputs_name_personal(const struct output_options *options);

// How to record a source. Drawn over; copies no sound, not mirrored, until the caller says so.
struct record_options outputs_record_options(const struct output_options *options,
                                             const struct source_info *info);

// Opens all but the recording. live: events carry wall time. False (logged) on failure.
bool outputs_open(struct outputs *outputs, const struct output_options *options, bool live);

// Whether results are written to anything.
bool outputs_any(const struct outputs *outputs);

// Says where the results come from, before the first of them: the source as it was named, the model
// (NULL: the shipped one), and what is known of both once a frame is there. False (logged) when
// events cannot be written.
bool outputs_describe(struct outputs *outputs, const struct frame *frame, const char *source,
                      const char *model, const struct model_info *model_info,
                      const struct source_info *source_info);

// Writes events and table. False (logged) when one can no longer be written.
bool outputs_write(struct outputs *outputs, const struct pipeline_item *item);

// Writes what has events, but no frame for the table. False as above.
bool outputs_note(struct outputs *outputs, const struct pipeline_item *item);

// At the end of a session or its medium: writes the ends of all that is still on (presence.h),
// which outputs->ends then holds; none the second time. False as above.
bool outputs_end(struct outputs *outputs);

// Writes to the events what file the recording has begun, if it has. False (logged) as above.
bool outputs_note_recording(struct outputs *outputs, struct sink *recording,
                            const struct frame *frame);

// Completes and closes everything. False (logged) when something is incomplete.
bool outputs_close(struct outputs *outputs);
