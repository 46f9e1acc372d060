// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/video/filter_graph.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>

// Sound that a file cannot hold, encoded again as what it can hold.

struct recode_sound {
    AVCodecContext *decoder, *encoder;
    struct filter_graph filters; // resample, and cut into the encoder's frames
    AVFrame *frame;
};

// Fills the parameters of a stream of the codec (AAC or Opus). Returns an error of FFmpeg or 0.
int recode_sound_init(struct recode_sound *sound, const AVStream *from, enum AVCodecID codec,
                      AVCodecParameters *parameters);
void recode_sound_finish(struct recode_sound *sound); // legal on a zeroed one

// Takes a packet, whose times are in the stream's base; NULL: no more will come. Damaged ones are
// left out. Returns an error of FFmpeg or 0.
int recode_sound_send(struct recode_sound *sound, const AVPacket *packet);

// The next packet of the encoder, in its time base; AVERROR(EAGAIN) when another has to be sent,
// AVERROR_EOF at the end.
int recode_sound_receive(struct recode_sound *sound, AVPacket *packet);
