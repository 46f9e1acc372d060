// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/record.h"

// A recording as a row of files: one, or, where wishes ask for it, another whenever one is full.
// Each begins at time 0 and is complete by itself; together they hold every picture and all the
// sound once. Looks after the disk meanwhile. Blocks; one thread at a time.

struct segments;

// Of the options, those about drawing and threads are not its business. NULL (logged) on failure.
struct segments *segments_create(const char *path, const struct record_options *options);

// As encoder_write. False (logged once), too, when the disk has become too full for
// wishes.keep_free_bytes or the file has been removed.
bool segments_write(struct segments *reel, const struct image *picture, int64_t media_ns);

// As encoder_note.
void segments_note(struct segments *reel, const struct smile_event *event, int64_t media_ns,
                   int smile);

// Begun so far.
int segments_n_files(const struct segments *reel);

// Completes all files and frees. False (logged) when one is not complete. NULL is legal.
bool segments_close(struct segments *reel);

// "talk.mkv" and 3 give "talk-003.mkv"; 0 gives the path itself. False when it is too long.
bool segments_name(const char *path, int number, char *name, size_t size);
