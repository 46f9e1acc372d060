// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/sink.h"

enum record_quality { RECORD_LOW, RECORD_MEDIUM, RECORD_HIGH, RECORD_BEST };

// What a user may ask for (recording_options.h).
struct record_wishes {
    enum record_quality quality;
    const char *encoder; // FFmpeg's name; NULL: the best there is for the kind of file
    const char *preset;  // of that encoder; NULL: one that is fast enough
    // Another file is begun after so much of either; 0: never.
    int64_t segment_ns, segment_bytes;
    int64_t clip_ns;         // around each smile, in a file of its own (highlights.h); 0: none
    int64_t keep_free_bytes; // of the disk; the recording ends rather than take them
};

struct record_options {
    int width, height; // of the video, pixels; frames of another size are scaled to fit
    double rate_hz;    // nominal, for the file's header; 0 = unknown
    // The unit in which time stamps are kept exactly, if the container can; 0/0 = 1/1000000.
    int time_base_num, time_base_den;
    int aspect_num, aspect_den; // of a pixel; 0/0 = 1:1
    // A file whose sound is copied along, into Matroska its subtitles too, or NULL. Not for live.
    const char *copy_from;
    bool live;     // encode on a thread of its own, and drop (and count) frames rather than block
    bool overlay;  // draw boxes and labels over the picture (overlay.h)
    bool mirrored; // turn the picture left to right before drawing
    struct record_wishes wishes;
};

// Opens an H.264 video file by extension: .mkv, .mp4, .mov, or .webm (VP9), or standard output for
// "-" (Matroska); wishes.encoder: another kind. NULL (logged) when it cannot be written. Time
// stamps are the frames' media_ns, relative to the first frame when live. A file cut short at any
// moment stays playable to within a second; an MP4 is written in pieces for that and made whole
// when closed, which for a moment takes its size on the disk once more. An odd width or height
// loses its last pixel. Several files (wishes.segment_ns and so on) are numbered, talk-001.mkv
// (segments_name); live, behind those that are there.
struct sink *record_create(const char *path, const struct record_options *options);

// Takes events that come without a picture, to tell them with the next one. Live only.
void record_note(struct sink *sink, const struct analysis *analysis);

// Frames written and dropped so far, files begun.
struct record_counts {
    long long written, dropped;
    int files;
};
struct record_counts record_get_counts(const struct sink *sink);
