// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/record.h"

// Writes pictures into a video file: encoding, time stamps, sound copied along. Blocks; one thread
// at a time.

struct encoder;

// Of the options, those about drawing, threads and several files are not its business.
// copy_from_ns: what begins earlier in options->copy_from is left out, and this is the file's time
// 0. NULL (logged) on failure.
struct encoder *encoder_create(const char *path, const struct record_options *options,
                               int64_t copy_from_ns);

// Encodes a PIXEL_BGRX32 or PIXEL_I420 picture. media_ns rises; where it does not, the picture
// follows its predecessor by the smallest step the file can hold. False when the file can no longer
// be written (logged the first time).
bool encoder_write(struct encoder *encoder, const struct image *picture, int64_t media_ns);

// Takes an event down for the subtitles and, if smile is above 0, the chapters. media_ns: when it
// was.
void encoder_note(struct encoder *encoder, const struct smile_event *event, int64_t media_ns,
                  int smile);

// Bytes written so far.
int64_t encoder_size(const struct encoder *encoder);

// Writes what is left, the sound up to next_ns, when another file goes on (-1: none does, and all
// of the sound is for this one), and the end; an MP4 is made whole (whole_mp4.h).
// Frees. False (logged) when not all could be written. NULL is legal.
bool encoder_close(struct encoder *encoder, int64_t next_ns);
