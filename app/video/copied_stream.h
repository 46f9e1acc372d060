// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/video/container.h"
#include "app/video/recode_sound.h"
#include "app/video/recode_text.h"

#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stdint.h>

// One stream of a copy (stream_copy.h): what becomes of it in the other file, as the muxer allows.

struct copy_target {
    AVFormatContext *output;
    const char *name; // for messages
    const struct container *container;
    int64_t from_ns; // of the input, time 0 of the output; what is left out is told at 0 only
};

struct copied_stream {
    int from, to;        // indices; to is -1 while kept
    AVRational base;     // of the input
    int64_t start;       // ticks that are time 0
    int64_t last;        // ticks of the output, of the packet before; AV_NOPTS_VALUE at first
    int64_t earliest_ns; // what the output can hold
    bool subtitles;
    AVBSFContext *filter;       // rewrites what the output holds in another form; NULL for most
    struct recode_text *text;   // NULL for most
    struct recode_sound *sound; // NULL for most

    // Subtitles of a file in pieces, which loses how long they stay: kept until it is made whole.
    AVCodecParameters *parameters; // NULL: not kept
    AVPacket **kept;
    int n_kept, n_written;
};

enum copied {
    COPIED,
    LEFT_OUT,  // logged: the output cannot hold it in any form
    NOT_COPIED // logged: a failure
};

// A stream of sound or subtitles, and one of the output for it, unless it is kept for later. start:
// ticks of the input where time begins, or AV_NOPTS_VALUE. Finish it when it is COPIED.
enum copied copied_stream_init(struct copied_stream *stream, const AVStream *from, int64_t start,
                               const struct copy_target *target);
void copied_stream_finish(struct copied_stream *stream);

// A stream with what is said about another one; NULL without memory. Its codec is the caller's.
AVStream *copied_stream_new(AVFormatContext *output, const AVStream *from, AVRational base);
