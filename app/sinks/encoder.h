// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"
#include "app/video/video_codec.h"

// Writes pictures into a video file: encoding, time stamps, sound copied along. Blocks; one thread
// at a time.

struct encoder_options {
    int width, height; // of the video, pixels; frames of another size are scaled to fit
    double rate_hz;    // nominal, for the file's header; 0 = unknown
    // The unit in which time stamps are kept exactly, if the container can; 0/0 = 1/1000000.
    int time_base_num, time_base_den;
    int64_t end_ns; // when the source ends, where events end, too; 0 = unknown
    // A file whose sound, subtitles and chapters are copied along, or NULL. Not for live.
    const char *copy_from;
    bool live;  // the frames will not wait: no look-ahead
    bool parts; // files are called path_part (path_name.h) on the disk; the caller renames them
    struct video_choice choice;
};

struct encoder;

// name: what messages call the file, and whose extension says its kind. copy_from_ns: what begins
// earlier in options->copy_from is left out, and this is the file's time 0. NULL (logged) on
// failure.
struct encoder *encoder_create(const char *path, const char *name,
                               const struct encoder_options *options, int64_t copy_from_ns);

// Encodes a PIXEL_BGRX32 or PIXEL_I420 picture. media_ns rises; where it does not, the picture
// follows its predecessor by the smallest step the file can hold. duration_ns: how long it stays if
// it is the last; 0: as long as the one before, unless that was a pause. False when the file can no
// longer be written (logged the first time).
bool encoder_write(struct encoder *encoder, const struct image *picture, int64_t media_ns,
                   int64_t duration_ns);

// Adds an event to the subtitles and, if smile is above 0, to the chapters. media_ns: when it was.
void encoder_add_event(struct encoder *encoder, const struct smile_event *event, int64_t media_ns,
                       int smile);

// Bytes written so far.
int64_t encoder_size(const struct encoder *encoder);

// Writes what is left, the sound up to next_ns, when another file goes on (-1: none does, and all
// of the sound is for this one), and the end; an MP4 is made whole (mp4_defragment.h).
// Frees. False (logged) when not all could be written. NULL is legal.
bool encoder_close(struct encoder *encoder, int64_t next_ns);
