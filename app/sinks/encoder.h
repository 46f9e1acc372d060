// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "record.h"

// Writes pictures into a video file: encoding, time stamps, sound copied along. Blocks; one thread
// at a time.

struct encoder;

// Of the options, those about drawing and threads are not its business. NULL (logged) on failure.
struct encoder *encoder_create(const char *path, const struct record_options *options);

// Encodes a PIXEL_BGRX32 or PIXEL_I420 picture. media_ns rises; where it does not, the picture
// follows its predecessor by the smallest step the file can hold. False when the file can no longer
// be written (logged the first time).
bool encoder_write(struct encoder *encoder, const struct image *picture, int64_t media_ns);

// Takes an event down for the subtitles and, if smile is above 0, the chapters. media_ns: when it
// was.
void encoder_note(struct encoder *encoder, const struct smile_event *event, int64_t media_ns,
                  int smile);

// Writes what is left, the rest of the sound, and the end; an MP4 is made whole (whole_mp4.h).
// Frees. False (logged) when not all could be written. NULL is legal.
bool encoder_close(struct encoder *encoder);
