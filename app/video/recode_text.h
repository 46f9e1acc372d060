// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>

// Subtitles of one kind of text (MP4's, SubRip, WebVTT, SSA ...) rewritten as another.

struct recode_text {
    AVCodecContext *decoder, *encoder;
    uint8_t *buffer;
};

// Whether they are text, and not pictures of it.
bool recode_text_is_text(enum AVCodecID codec);

// Fills the parameters of a stream of the codec. Returns an error of FFmpeg or 0.
int recode_text_init(struct recode_text *text, const AVStream *from, enum AVCodecID codec,
                     AVCodecParameters *parameters);
void recode_text_finish(struct recode_text *text); // legal on a zeroed one

// In place; times stay. False when nothing is to be shown: damaged, or a gap of MP4.
bool recode_text_packet(struct recode_text *text, AVPacket *packet);
