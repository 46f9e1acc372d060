// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/video/filter_graph.h"

#include <libavutil/frame.h>
#include <stdbool.h>

// What a player does to decoded pictures before it shows them: interlaced ones are deinterlaced
// (bwdif, a picture for each frame), and HDR ones (PQ, HLG, the colours of BT.2020) become BT.709,
// of which 203 cd/m2 (ITU-R BT.2408) are white and what is brighter is compressed. All others pass.

struct film_filter_key {
    int width, height, format, trc, primaries, colorspace, range;
    bool interlaced, hdr, wide; // HDR is bright; wide: more colours
};

struct film_filter {
    AVRational time_base;
    const char *name; // for messages
    struct filter_graph filters;
    struct film_filter_key key; // what the filters are made for
    AVFrame *next;              // not yet filtered
    bool has_next, draining, over, broken;
    bool interlaced; // the film is, in places
};

// time_base: of the pictures' pts. name outlives the filter. False (logged) without memory.
bool film_filter_init(struct film_filter *filter, AVRational time_base, const char *name);
void film_filter_finish(struct film_filter *filter); // legal on a zeroed one

// Takes a picture over; NULL: no more will come. After film_filter_receive has asked for it.
void film_filter_send(struct film_filter *filter, AVFrame *picture);

// 0: *picture is the next one, its pts as before. AVERROR(EAGAIN): another has to be sent.
// AVERROR_EOF. What cannot be filtered passes as it is (logged).
int film_filter_receive(struct film_filter *filter, AVFrame *picture);
