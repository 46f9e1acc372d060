// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/video/copied_stream.h"
#include "app/video/media_input.h"

// Sound and subtitles of a file, copied packet by packet into another next to a new picture. What
// the other kind of file cannot hold is encoded again: sound as container->sound, subtitles that
// are text as container->subtitles.

#define MAX_COPIED 32

struct stream_copy {
    struct media_input input;
    struct copy_target target;
    int video; // of the input; -1 = none
    int n_streams;
    struct copied_stream streams[MAX_COPIED];
    AVPacket *next; // the one to be written next
    bool has_next, over;
    bool cut;         // over because the input's video goes on beyond the limit
    int64_t limit_ns; // the pictures end here; INT64_MAX while they go on
};

// Adds an output stream for each that the output can hold, as it is or encoded again (logged), and
// says which it cannot. Before the output's header is written; output, name and container outlive
// the copy. What begins before from_ns, which is the output's time 0, is left out. False (logged)
// when the file cannot be read.
bool stream_copy_init(struct stream_copy *copy, const char *path, int64_t from_ns,
                      AVFormatContext *output, const char *name, const struct container *container);
void stream_copy_finish(struct stream_copy *copy); // legal on a zeroed one

// Writes all packets that begin up to this media time; a zeroed copy has none. Returns FFmpeg's
// error of the output, or 0.
int stream_copy_until(struct stream_copy *copy, int64_t media_ns);

// Writes the rest. If the file's own video goes on beyond end_ns (the pictures were cut short by
// the user), what begins after end_ns is left out; otherwise everything is kept, however long the
// sound. Error as above.
int stream_copy_rest(struct stream_copy *copy, int64_t end_ns);

// What the encoders of sound still hold. After either of the above; error as above.
int stream_copy_flush(struct stream_copy *copy);

// For the file that is made whole of the pieces: adds streams for the subtitles that are kept,
// before its header, and writes those that begin up to this media time. Errors as above.
int stream_copy_add_kept(struct stream_copy *copy, AVFormatContext *whole);
int stream_copy_write_kept(struct stream_copy *copy, AVFormatContext *whole, int64_t media_ns);
