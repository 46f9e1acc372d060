// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

enum video_quality { VIDEO_LOW, VIDEO_MEDIUM, VIDEO_HIGH, VIDEO_BEST };

// What a user may choose of an encoder.
struct video_choice {
    enum video_quality quality;
    const char *encoder; // FFmpeg's name; NULL: the best there is for the kind of file
    const char *preset;  // of that encoder; NULL: one that is fast enough
};

struct video_settings {
    int width, height;            // even
    AVRational time_base, rate;   // rate: 0/0 or 0/1 = unknown
    bool live;                    // no look-ahead, as fast as it gets
    bool vp9;                     // instead of H.264, where encoder is NULL
    const AVOutputFormat *format; // of the file
    struct video_choice choice;
};

// Opens the encoder that is asked for, else the best there is: pictures go in as YUV 4:2:0, packets
// come out in the order of their time stamps (no B-frames), a picture of type I becomes a
// keyframe. name is for messages. NULL (logged) when FFmpeg has no usable encoder, or not that
// one. Free with avcodec_free_context.
AVCodecContext *video_codec_open(const struct video_settings *settings, const char *name);
