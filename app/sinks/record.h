// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "sink.h"

struct record_options {
    int width, height;                // of the video, pixels; frames of another size are scaled to fit
    double rate_hz;                   // nominal, for the file's header; 0 = unknown
    int time_base_num, time_base_den; // 0/0 = 1/1000000; time stamps are kept exactly in this unit if the container can
    int aspect_num, aspect_den;       // of a pixel; 0/0 = 1:1
    const char *copy_from;            // a file whose sound and subtitles are copied along, or NULL
    bool live;      // encode on a thread of its own and drop (and count) frames rather than block the caller
    bool overlay;   // draw boxes and labels over the picture (overlay.h)
    bool mirrored;  // turn the picture left to right before drawing
};

// Opens an H.264 video file, Matroska or by extension .mp4 / .mov / .webm (VP9). NULL (logged) when it cannot be
// written. Time stamps are the frames' media_ns, relative to the first frame when live. A file cut short at
// any moment stays playable to within a second (Matroska always, MP4 by fragments).
struct sink *record_create(const char *path, const struct record_options *options);

// Frames written and dropped so far.
struct record_counts {
    long long written, dropped;
};
struct record_counts record_get_counts(const struct sink *sink);
