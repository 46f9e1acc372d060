// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/encode_convert.h"

#include "core/base/log.h"

#include <libavutil/pixfmt.h>
#include <math.h>
#include <string.h>

void encode_convert_finish(struct encode_convert *to_yuv) {
    sws_freeContext(to_yuv->converter);
    *to_yuv = (struct encode_convert){0};
}

static int fit(double side, int limit) {
    int even = encode_convert_even((int)lround(side));
    return even < limit ? even : limit;
}

static void place(struct encode_convert *to_yuv, const struct image *picture,
                  const AVFrame *frame) {
    to_yuv->picture_width = to_yuv->from_width = picture->width;
    to_yuv->picture_height = to_yuv->from_height = picture->height;
    if (encode_convert_even(picture->width) == frame->width &&
        encode_convert_even(picture->height) == frame->height) {
        to_yuv->from_width = picture->width < 2 ? 1 : frame->width;
        to_yuv->from_height = picture->height < 2 ? 1 : frame->height;
        to_yuv->width = frame->width;
        to_yuv->height = frame->height;
    } else {
        double scale =
            fmin((double)frame->width / picture->width, (double)frame->height / picture->height);
        to_yuv->width = fit(scale * picture->width, frame->width);
        to_yuv->height = fit(scale * picture->height, frame->height);
    }
    to_yuv->x = (frame->width - to_yuv->width) / 2 & ~1;
    to_yuv->y = (frame->height - to_yuv->height) / 2 & ~1;
}

static bool prepare(struct encode_convert *to_yuv, const struct image *picture,
                    const AVFrame *frame) {
    if (to_yuv->converter && to_yuv->picture_width == picture->width &&
        to_yuv->picture_height == picture->height && to_yuv->format == picture->format) {
        return true;
    }
    encode_convert_finish(to_yuv);
    place(to_yuv, picture, frame);
    bool planes = picture->format == PIXEL_I420;
    to_yuv->format = picture->format;
    to_yuv->converter =
        sws_getContext(to_yuv->from_width, to_yuv->from_height,
                       planes ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_BGR0, to_yuv->width, to_yuv->height,
                       AV_PIX_FMT_YUV420P, SWS_BICUBIC | SWS_ACCURATE_RND, NULL, NULL, NULL);
    if (!to_yuv->converter) {
        return log_no_memory("converting pictures of %dx%d pixels for recording", picture->width,
                             picture->height);
    }
    const int *matrix =
        sws_getCoefficients(frame->colorspace == AVCOL_SPC_BT709 ? SWS_CS_ITU709 : SWS_CS_ITU601);
    (void)sws_setColorspaceDetails(to_yuv->converter, matrix, !planes, matrix, 0, 0, 1 << 16,
                                   1 << 16);
    return true;
}

static void blacken(AVFrame *frame) {
    for (int plane = 0; plane < 3; plane++) {
        int height = plane ? frame->height / 2 : frame->height;
        memset(frame->data[plane], plane ? 128 : 16,
               (size_t)frame->linesize[plane] * (size_t)height);
    }
}

bool encode_convert_convert(struct encode_convert *to_yuv, const struct image *picture,
                            AVFrame *frame) {
    if (!prepare(to_yuv, picture, frame)) {
        return false;
    }
    if (to_yuv->width != frame->width || to_yuv->height != frame->height) {
        blacken(frame);
    }
    const uint8_t *from[4] = {picture->data};
    int from_strides[4] = {(int)picture->stride};
    for (int plane = 0; picture->format == PIXEL_I420 && plane < 3; plane++) {
        struct image view = image_plane(picture, plane);
        from[plane] = view.data;
        from_strides[plane] = (int)view.stride;
    }
    uint8_t *to[4] = {0};
    for (int plane = 0; plane < 3; plane++) {
        int shift = plane ? 1 : 0;
        to[plane] = frame->data[plane] + (to_yuv->y >> shift) * frame->linesize[plane] +
                    (to_yuv->x >> shift);
    }
    sws_scale(to_yuv->converter, from, from_strides, 0, to_yuv->from_height, to, frame->linesize);
    return true;
}
