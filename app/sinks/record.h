// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/segments.h"
#include "app/sinks/sink.h"

#include <limits.h>

// What a user may choose of a recording.
struct recording_choice {
    struct video_choice choice;
    struct segment_limits limits;
};

struct record_options {
    struct encoder_options video; // live: encode on a thread of its own, and drop (and count)
                                  // frames rather than block
    struct segment_limits limits;
    bool overlay;  // draw boxes and labels over the picture (overlay.h)
    bool mirrored; // turn the picture left to right before drawing
};

// Opens an H.264 video file by extension: .mkv, .mp4, .mov, or .webm (VP9), or standard output for
// "-" (Matroska); video.choice.encoder: another kind. NULL (logged) when it cannot be written. Time
// stamps are the frames' media_ns, relative to the first frame when live. A file cut short at any
// moment stays playable to within a second; an MP4 is written in pieces for that and made whole
// when closed, which for a moment takes its size on the disk once more. An odd width or height
// loses its last pixel. Several files (limits) are numbered, talk-001.mkv
// (segments_name); live, behind those that are there.
struct sink *record_create(const char *path, const struct record_options *options);

// Adds events that come without a frame, to be written with the next one. Live only.
void record_add_events(struct sink *sink, const struct analysis *analysis);

// Frames written and dropped so far, files begun.
struct record_counts {
    long long written, dropped;
    int files;
};
struct record_counts record_get_counts(const struct sink *sink);

// A file whose time 0 is not that of the events: of a live recording, or one of several.
struct record_start {
    int64_t media_ns; // of its time 0
    char file[PATH_MAX];
};

// The newest file that has begun since the last call. False when there is none.
bool record_take_start(struct sink *sink, struct record_start *start);
