// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/recode_sound.h"

#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
#include <libavutil/samplefmt.h>
#include <stdio.h>

// FFmpeg 5.1 has another way to say what channels there are.
#define HAS_CH_LAYOUT (LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(59, 37, 100))

#define USUAL_RATE 48000
#define CHANNEL_BITS 96000 // a second

static int n_channels(const AVCodecContext *codec) {
#if HAS_CH_LAYOUT
    return codec->ch_layout.nb_channels;
#else
    return codec->channels;
#endif
}

// What both encoders know.
static const char *layout_of(int channels) {
    return channels == 1 ? "mono" : channels == 6 ? "5.1" : channels == 8 ? "7.1" : "stereo";
}

static int set_layout(AVCodecContext *codec, const char *layout) {
#if HAS_CH_LAYOUT
    return av_channel_layout_from_string(&codec->ch_layout, layout);
#else
    codec->channel_layout = av_get_channel_layout(layout);
    codec->channels = av_get_channel_layout_nb_channels(codec->channel_layout);
    return 0;
#endif
}

static void describe_layout(const AVCodecContext *codec, char *text, size_t size) {
#if HAS_CH_LAYOUT
    AVChannelLayout layout = codec->ch_layout;
    if (layout.order == AV_CHANNEL_ORDER_UNSPEC) {
        av_channel_layout_default(&layout, codec->ch_layout.nb_channels);
    }
    av_channel_layout_describe(&layout, text, size);
#else
    uint64_t layout = codec->channel_layout
                          ? codec->channel_layout
                          : (uint64_t)av_get_default_channel_layout(codec->channels);
    snprintf(text, size, "0x%llx", (unsigned long long)layout);
#endif
}

static int open_decoder(struct recode_sound *sound, const AVStream *from) {
    const AVCodec *codec = avcodec_find_decoder(from->codecpar->codec_id);
    sound->decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!sound->decoder) {
        return codec ? AVERROR(ENOMEM) : AVERROR_DECODER_NOT_FOUND;
    }
    int error = avcodec_parameters_to_context(sound->decoder, from->codecpar);
    sound->decoder->pkt_timebase = from->time_base;
    return error < 0 ? error : avcodec_open2(sound->decoder, codec, NULL);
}

static int choose_rate(const AVCodec *codec, int rate) {
    const int *known = codec->supported_samplerates;
    while (known && *known && *known != rate) {
        known++;
    }
    return !known || *known ? rate : USUAL_RATE;
}

static int open_encoder(struct recode_sound *sound, enum AVCodecID id) {
    const AVCodec *codec =
        id == AV_CODEC_ID_OPUS ? avcodec_find_encoder_by_name("libopus") : avcodec_find_encoder(id);
    sound->encoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!sound->encoder) {
        return codec ? AVERROR(ENOMEM) : AVERROR_ENCODER_NOT_FOUND;
    }
    AVCodecContext *encoder = sound->encoder;
    int error = set_layout(encoder, layout_of(n_channels(sound->decoder)));
    encoder->sample_rate = choose_rate(codec, sound->decoder->sample_rate);
    encoder->sample_fmt = codec->sample_fmts ? codec->sample_fmts[0] : AV_SAMPLE_FMT_FLTP;
    encoder->bit_rate = (int64_t)CHANNEL_BITS * n_channels(encoder);
    encoder->time_base = (AVRational){1, encoder->sample_rate};
    encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    return error < 0 ? error : avcodec_open2(encoder, codec, NULL);
}

// Holes are filled with silence, so that the encoder's count of samples is the time.
static int open_graph(struct recode_sound *sound) {
    const AVCodecContext *from = sound->decoder, *to = sound->encoder;
    char layout[64], source[256], steps[256];
    describe_layout(from, layout, sizeof layout);
    snprintf(source, sizeof source,
             "time_base=%d/%d:sample_rate=%d:sample_fmt=%s:channel_layout=%s",
             from->pkt_timebase.num, from->pkt_timebase.den, from->sample_rate,
             av_get_sample_fmt_name(from->sample_fmt), layout);
    snprintf(steps, sizeof steps,
             "aresample=async=1,aformat=sample_fmts=%s:sample_rates=%d:channel_layouts=%s",
             av_get_sample_fmt_name(to->sample_fmt), to->sample_rate, layout_of(n_channels(from)));
    int error = filter_graph_init(&sound->filters, true, source, steps);
    if (error >= 0 && !(to->codec->capabilities & AV_CODEC_CAP_VARIABLE_FRAME_SIZE)) {
        av_buffersink_set_frame_size(sound->filters.out, (unsigned)to->frame_size);
    }
    return error;
}

int recode_sound_init(struct recode_sound *sound, const AVStream *from, enum AVCodecID codec,
                      AVCodecParameters *parameters) {
    *sound = (struct recode_sound){.frame = av_frame_alloc()};
    int error = sound->frame ? open_decoder(sound, from) : AVERROR(ENOMEM);
    error = error < 0 ? error : open_encoder(sound, codec);
    error = error < 0 ? error : open_graph(sound);
    error = error < 0 ? error : avcodec_parameters_from_context(parameters, sound->encoder);
    return error < 0 ? error : 0;
}

void recode_sound_finish(struct recode_sound *sound) {
    avcodec_free_context(&sound->decoder);
    avcodec_free_context(&sound->encoder);
    filter_graph_finish(&sound->filters);
    av_frame_free(&sound->frame);
}

int recode_sound_send(struct recode_sound *sound, const AVPacket *packet) {
    avcodec_send_packet(sound->decoder, packet);
    int error = 0;
    while (error >= 0 && avcodec_receive_frame(sound->decoder, sound->frame) >= 0) {
        sound->frame->pts = sound->frame->best_effort_timestamp;
        error = av_buffersrc_add_frame(sound->filters.in, sound->frame);
        av_frame_unref(sound->frame);
    }
    if (!packet && error >= 0) {
        error = av_buffersrc_add_frame(sound->filters.in, NULL);
    }
    return error < 0 ? error : 0;
}

int recode_sound_receive(struct recode_sound *sound, AVPacket *packet) {
    int error;
    while ((error = avcodec_receive_packet(sound->encoder, packet)) == AVERROR(EAGAIN)) {
        int taken = av_buffersink_get_frame(sound->filters.out, sound->frame);
        if (taken < 0 && taken != AVERROR_EOF) {
            return taken;
        }
        error = avcodec_send_frame(sound->encoder, taken == AVERROR_EOF ? NULL : sound->frame);
        av_frame_unref(sound->frame);
        if (error < 0) {
            return error;
        }
    }
    return error;
}
