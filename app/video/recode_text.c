// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/recode_text.h"

#include <libavcodec/codec_desc.h>
#include <string.h>

#define MOST_BYTES 65536 // of one subtitle

bool recode_text_is_text(enum AVCodecID codec) {
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec);
    return descriptor && descriptor->props & AV_CODEC_PROP_TEXT_SUB;
}

static int open_decoder(struct recode_text *text, const AVStream *from) {
    const AVCodec *codec = avcodec_find_decoder(from->codecpar->codec_id);
    text->decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!text->decoder) {
        return codec ? AVERROR(ENOMEM) : AVERROR_DECODER_NOT_FOUND;
    }
    int error = avcodec_parameters_to_context(text->decoder, from->codecpar);
    text->decoder->pkt_timebase = from->time_base;
    return error < 0 ? error : avcodec_open2(text->decoder, codec, NULL);
}

// The encoder is told how the lines look by what the decoder has found.
static int open_encoder(struct recode_text *text, enum AVCodecID id) {
    const AVCodec *codec = avcodec_find_encoder(id);
    text->encoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!text->encoder) {
        return codec ? AVERROR(ENOMEM) : AVERROR_ENCODER_NOT_FOUND;
    }
    int size = text->decoder->subtitle_header_size;
    text->encoder->time_base = (AVRational){1, 1000};
    text->encoder->subtitle_header = av_mallocz((size_t)size + 1);
    if (!text->encoder->subtitle_header) {
        return AVERROR(ENOMEM);
    }
    if (size > 0) {
        memcpy(text->encoder->subtitle_header, text->decoder->subtitle_header, (size_t)size);
    }
    text->encoder->subtitle_header_size = size;
    return avcodec_open2(text->encoder, codec, NULL);
}

int recode_text_init(struct recode_text *text, const AVStream *from, enum AVCodecID codec,
                     AVCodecParameters *parameters) {
    *text = (struct recode_text){.buffer = av_malloc(MOST_BYTES)};
    int error = text->buffer ? open_decoder(text, from) : AVERROR(ENOMEM);
    error = error < 0 ? error : open_encoder(text, codec);
    error = error < 0 ? error : avcodec_parameters_from_context(parameters, text->encoder);
    return error < 0 ? error : 0;
}

void recode_text_finish(struct recode_text *text) {
    avcodec_free_context(&text->decoder);
    avcodec_free_context(&text->encoder);
    av_freep(&text->buffer);
}

static int encode(struct recode_text *text, AVSubtitle *subtitle, AVPacket *packet) {
    subtitle->end_display_time -= subtitle->start_display_time;
    subtitle->start_display_time = 0;
    int size = subtitle->num_rects > 0
                   ? avcodec_encode_subtitle(text->encoder, text->buffer, MOST_BYTES, subtitle)
                   : 0;
    if (size <= 0) {
        return size;
    }
    AVPacket *whole = av_packet_alloc();
    int error = whole ? av_new_packet(whole, size) : AVERROR(ENOMEM);
    if (error >= 0) {
        memcpy(whole->data, text->buffer, (size_t)size);
        error = av_packet_copy_props(whole, packet);
    }
    if (error >= 0) {
        av_packet_unref(packet);
        av_packet_move_ref(packet, whole);
    }
    av_packet_free(&whole);
    return error < 0 ? error : size;
}

bool recode_text_packet(struct recode_text *text, AVPacket *packet) {
    AVSubtitle subtitle = {0};
    int got = 0;
    int error = avcodec_decode_subtitle2(text->decoder, &subtitle, &got, packet);
    if (error < 0 || !got) {
        return false;
    }
    int size = encode(text, &subtitle, packet);
    avsubtitle_free(&subtitle);
    return size > 0;
}
