// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/record.h"

// A recording as a row of files: one, or, where wishes ask for it, another whenever one is full.
// Each begins at time 0 and is complete by itself; together they hold every picture and all the
// sound once. Looks after the disk meanwhile. Blocks; one thread at a time.

struct reel;

// Of the options, those about drawing and threads are not its business. NULL (logged) on failure.
struct reel *reel_create(const char *path, const struct record_options *options);

// As encoder_write. False (logged once), too, when the disk has become too full for
// wishes.keep_free_bytes or the file has been removed.
bool reel_write(struct reel *reel, const struct image *picture, int64_t media_ns);

// As encoder_note.
void reel_note(struct reel *reel, const struct smile_event *event, int64_t media_ns, int smile);

// Begun so far.
int reel_n_files(const struct reel *reel);

// Completes all files and frees. False (logged) when one is not complete. NULL is legal.
bool reel_close(struct reel *reel);

// "talk.mkv" and 3 give "talk-003.mkv"; 0 gives the path itself. False when it is too long.
bool reel_name(const char *path, int number, char *name, size_t size);
