// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/encoder.h"

// A recording as a row of files: one, or, within limits, another whenever one is full. Each begins
// at time 0 and is complete by itself; together they hold every picture and all the sound once.
// Looks after the disk meanwhile. Blocks; one thread at a time.

struct segment_limits {
    int64_t segment_ns, segment_bytes; // another file is begun after so much of either; 0: never
    int64_t clip_ns;         // around each smile, in a file of its own (highlights.h); 0: none
    int64_t keep_free_bytes; // of the disk; the recording ends rather than take them
};

// Whether there may be more than one file.
static inline bool segment_limits_split(const struct segment_limits *limits) {
    return limits->segment_ns > 0 || limits->segment_bytes > 0;
}

struct segments;

// Live files are numbered behind those that are there. NULL (logged) on failure.
struct segments *segments_create(const char *path, const struct encoder_options *video,
                                 const struct segment_limits *limits);

// As encoder_write. False (logged once), too, when the disk has become too full for
// keep_free_bytes or the file has been removed.
bool segments_write(struct segments *segments, const struct image *picture, int64_t media_ns,
                    int64_t duration_ns);

// As encoder_add_event.
void segments_add_event(struct segments *segments, const struct smile_event *event,
                        int64_t media_ns, int smile);

// Begun so far.
int segments_n_files(const struct segments *segments);

// The present file's name, which stays until the next write, and when it begins.
const char *segments_present(const struct segments *segments, int64_t *begin_ns);

// Completes all files and frees. False (logged) when one is not complete. NULL is legal.
bool segments_close(struct segments *segments);

// "talk.mkv" and 3 give "talk-003.mkv"; 0 gives the path itself. False when it is too long.
bool segments_name(const char *path, int number, char *name, size_t size);
