// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/record.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

struct video_settings {
    int width, height;                  // even
    AVRational time_base, rate, aspect; // rate and aspect: 0/0 or 0/1 = unknown
    bool live;                          // no look-ahead, as fast as it gets
    bool vp9;                           // instead of H.264, where encoder is NULL
    const AVOutputFormat *format;       // of the file
    enum record_quality quality;
    const char *encoder, *preset; // FFmpeg's names; NULL: ours to choose
};

// Opens the encoder that is asked for, else the best there is: pictures go in as YUV 4:2:0, packets
// come out in the order of their time stamps (no B-frames), a picture of type I becomes a place to
// start from. name is for messages. NULL (logged) when FFmpeg has no usable encoder, or not that
// one. Free with avcodec_free_context.
AVCodecContext *video_codec_open(const struct video_settings *settings, const char *name);
