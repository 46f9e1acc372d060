// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/remux.h"

#include <stdbool.h>

static int add_stream(AVFormatContext *output, const AVStream *from) {
    AVStream *to = avformat_new_stream(output, NULL);
    int error = to ? avcodec_parameters_copy(to->codecpar, from->codecpar) : AVERROR(ENOMEM);
    if (error < 0) {
        return error;
    }
    to->time_base = from->time_base;
    to->avg_frame_rate = from->avg_frame_rate;
    to->sample_aspect_ratio = from->sample_aspect_ratio;
    to->disposition = from->disposition;
    return av_dict_copy(&to->metadata, from->metadata, 0);
}

// MP4 keeps chapters as a stream, too, which muxers make by themselves.
static bool is_kept(const AVStream *stream) {
    enum AVMediaType type = stream->codecpar->codec_type;
    return type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO ||
           type == AVMEDIA_TYPE_SUBTITLE;
}

int remux_index(const AVFormatContext *input, int index) {
    int n = 0;
    for (int i = 0; i < index; i++) {
        n += is_kept(input->streams[i]);
    }
    return is_kept(input->streams[index]) ? n : -1;
}

int remux_add_streams(AVFormatContext *output, const AVFormatContext *input) {
    int error = av_dict_copy(&output->metadata, input->metadata, 0);
    for (unsigned i = 0; error >= 0 && i < input->nb_streams; i++) {
        error = is_kept(input->streams[i]) ? add_stream(output, input->streams[i]) : 0;
    }
    return error < 0 ? error : 0;
}
