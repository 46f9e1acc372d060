// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/video/orientation.h"

#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
#include <stdbool.h>

// Turns decoded pictures of any pixel format into upright PIXEL_BGRX32 ones, the way a player shows
// them: right colour matrix and range, the phone's rotation undone. Or leaves those alone that are
// upright PIXEL_I420 already.

// What the decoded pictures look like; the converter is remade when it changes.
struct decode_convert_key {
    int width, height, format, colorspace, full_range;
};

struct decode_convert {
    struct orientation orientation;
    bool keep_planes; // I420 need not become BGRX32
    struct SwsContext *converter;
    struct decode_convert_key key;
    struct image stored; // converted but not yet turned
};

void decode_convert_init(struct decode_convert *upright, struct orientation orientation,
                         bool keep_planes);
void decode_convert_finish(struct decode_convert *upright); // legal on a zeroed one

// Fills *picture, remaking its storage when the size changed. False (logged, naming the file).
bool decode_convert_convert(struct decode_convert *upright, const AVFrame *frame,
                            struct image *picture, const char *name);

// How the stream wants to be laid down. Angles other than quarter turns are ignored.
struct orientation orientation_of_stream(const AVStream *stream);
