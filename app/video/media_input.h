// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <libavformat/avformat.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// A video file or network stream opened for reading packets, with the care that strangers' files
// and dead networks need. One thread at a time, except media_input_interrupt.

struct media_input {
    AVFormatContext *container;
    char *name;   // for messages: the argument without a password
    bool pipe;    // can be read once only
    bool network; // an address, not a path
    atomic_bool interrupted;
    int64_t deadline_ns; // of the present network operation; 0 = may take as long as it takes
};

// A network that says nothing for this long is taken for dead.
#define MEDIA_NETWORK_TIMEOUT_S 10

// Opens a path, "-" (standard input) or a URL and reads its header. A path never opens anything but
// files, even if it is a playlist that names addresses; an address opens only what its scheme
// needs, never files. False (logged) on failure.
bool media_input_init(struct media_input *input, const char *argument);
void media_input_finish(struct media_input *input); // legal on a zeroed one

// Whether a path, or "-", is a pipe or a device: what is read of it is gone.
bool media_input_is_pipe(const char *argument);

// Whether a file is a single picture (PNG, JPEG, WebP ...), by its content.
bool media_input_is_picture(const char *path);

// The index of the video stream that players show; a cover picture is none. -1 (logged).
int media_input_find_video(const struct media_input *input);

// How long the pictures and the sound last from the start of the file on, ns: the longest of their
// tracks, as the file says, or the whole file where it says nothing of them (chapters and the like
// may be longer). 0 = unknown.
int64_t media_input_duration_ns(const struct media_input *input);

// av_read_frame, given up after MEDIA_NETWORK_TIMEOUT_S on a network (AVERROR_EXIT). Times that are
// none (media_time.h) are left out.
int media_input_read(struct media_input *input, AVPacket *packet);

// Makes the present and all later reads return AVERROR_EXIT. From any thread.
void media_input_interrupt(struct media_input *input);

// Silences FFmpeg unless debug messages are wanted. Called by whoever opens or writes a file.
void media_quieten(void);
