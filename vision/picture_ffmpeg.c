// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/picture_ffmpeg.h"

#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>

#define SILENT 64 // added to the level of what the decoder says, which is said here instead

static const char DAMAGED[] = "it is damaged or cut short; copy or download it again";
static const char NO_MEMORY[] = "there is no memory for it; close other programs";

// The whole file is one packet.
static const char *decode(AVCodecContext *context, const uint8_t *bytes, size_t n, AVFrame *frame) {
    AVPacket *packet = av_packet_alloc();
    const char *problem = NO_MEMORY;
    if (packet && av_new_packet(packet, (int)n) == 0) {
        memcpy(packet->data, bytes, n);
        bool sent = avcodec_send_packet(context, packet) >= 0;
        avcodec_send_packet(context, NULL);
        problem = sent && avcodec_receive_frame(context, frame) >= 0 ? NULL : DAMAGED;
    }
    av_packet_free(&packet);
    return problem;
}

static const char *convert(const AVFrame *frame, struct image *image) {
    struct SwsContext *scaler =
        sws_getContext(frame->width, frame->height, frame->format, frame->width, frame->height,
                       AV_PIX_FMT_BGR24, SWS_BILINEAR | SWS_ACCURATE_RND, NULL, NULL, NULL);
    bool ready = scaler && image_init(image, frame->width, frame->height, PIXEL_BGR24);
    if (ready) {
        uint8_t *const planes[] = {image->data, NULL, NULL, NULL};
        const int strides[] = {(int)image->stride, 0, 0, 0};
        sws_scale(scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
                  planes, strides);
    }
    sws_freeContext(scaler);
    return ready ? NULL : NO_MEMORY;
}

const char *ffmpeg_picture_decode(const char *decoder, const uint8_t *bytes, size_t n,
                                  int64_t max_pixels, struct image *image) {
    const AVCodec *codec = avcodec_find_decoder_by_name(decoder);
    if (!codec) {
        return "this FFmpeg was built without a decoder for it; save it as JPEG";
    }
    AVCodecContext *context = avcodec_alloc_context3(codec);
    AVFrame *frame = av_frame_alloc();
    const char *problem = NO_MEMORY;
    if (context && frame) {
        context->max_pixels = max_pixels;
        context->thread_count = 1;
        context->log_level_offset = SILENT;
        problem = avcodec_open2(context, codec, NULL) < 0
                      ? "FFmpeg's decoder for it does not start; save it as JPEG"
                      : decode(context, bytes, n, frame);
        problem = problem ? problem : convert(frame, image);
    }
    av_frame_free(&frame);
    avcodec_free_context(&context);
    return problem;
}
