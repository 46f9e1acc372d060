// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/exports.h"
#include "app/sinks/sink.h"

// Writes the events of each frame as JSON Lines, flushed line by line:
// {"v":1,"t":12.433,"event":"smile_start","face":3,"score":0.91,"box":[x,y,w,h]}
// t is seconds of media time; smile_end adds duration and peak; "cut":true says that only the
// medium or the session ended; wall, with a live source, is the local time of day (wall_time.h);
// demo is true when the face is drawn because there is no camera; camera_lost, camera_back, closed
// and opened have neither face nor score nor box.

// recording_start has t and file: time 0 of that recording is t.

// path "-" is standard output. NULL (logged) when it cannot be written.
struct sink *events_create(const char *path, bool live);

// Writes a recording_start. False (logged) when it cannot be written.
bool events_write_recording(struct sink *events, const struct frame *frame, double t,
                            const char *file);

// Writes the line that comes first, with the time of the first frame:
// {"v":1,"t":0.0,"event":"session","version":...,"model":...,"model_sha256":...,"threshold":...,
// "source":...,"rate":...}, and wall as above. False (logged) on failure.
bool events_begin(struct sink *base, const struct frame *frame,
                  const struct provenance *provenance);

// "smile_start" and so on.
const char *events_name(enum smile_event_kind kind);
