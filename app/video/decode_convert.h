// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/video/orientation.h"

#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
#include <stdbool.h>

// Turns decoded pictures of any pixel format into upright PIXEL_BGRX32 ones with square pixels, the
// way a player shows them: right colour matrix and range, the phone's rotation undone, the pixels
// of DV, DVD and HDV stretched. Or leaves those alone that are upright, square PIXEL_I420 already.

// What the decoded pictures look like; the converter is remade when it changes.
struct decode_convert_key {
    int width, height, format, colorspace, full_range;
    int display_width, display_height; // before turning
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

// How large pictures of width x height are shown whose pixels have this aspect (width : height):
// the narrower side is stretched, to an even number of pixels, unless it would become larger than
// IMAGE_MAX_SIDE; then the other one shrinks. Unknown or senseless aspects (beyond 1:10) are 1:1.
struct display_size {
    int width, height;
};
struct display_size decode_convert_size(int width, int height, AVRational aspect);

// Fills *picture, remaking its storage when the size changed; frame->sample_aspect_ratio is the one
// that counts. False (logged, naming the file).
bool decode_convert_convert(struct decode_convert *upright, const AVFrame *frame,
                            struct image *picture, const char *name);

// How the stream wants to be laid down. Angles other than quarter turns are ignored.
struct orientation orientation_of_stream(const AVStream *stream);
