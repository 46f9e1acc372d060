// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/pipeline/pipeline.h"
#include "app/sessions/live_message.h"
#include "app/sinks/record.h"

#include <limits.h>

// The recording of a live session, begun by an option or a key.

struct live_recording {
    struct sink *sink; // NULL: not recording
    char path[PATH_MAX];
    bool lossy;               // frames were left out, which has been said
    int64_t begin_ns, end_ns; // media time of the first frame, -1 before it, and of the last
};

// False (logged) on failure.
bool live_recording_start(struct live_recording *recording, const char *path,
                          const struct record_options *options);

// Seconds recorded so far.
double live_recording_s(const struct live_recording *recording);

// Completes the file and reports where it is. False (logged) when it could not be completed.
bool live_recording_stop(struct live_recording *recording, struct live_message *message);

// False (logged) when no more can be written; the recording has then been stopped.
bool live_recording_write(struct live_recording *recording, const struct pipeline_item *item,
                          struct live_message *message);

// Events without a frame.
void live_recording_note(struct live_recording *recording, const struct pipeline_item *item);

// Key r: starts a recording like options, of frames as large as frame (NULL: none yet), under a
// name of its own, or stops the present one.
void live_recording_toggle(struct live_recording *recording, const struct record_options *options,
                           const struct frame *frame, struct live_message *message);
