// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/decode_convert.h"

#include "core/base/log.h"

#include <libavutil/pixdesc.h>
#include <math.h>
#include <string.h>

// ---- orientation ----

static const int32_t *display_matrix(const AVStream *stream) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100) // FFmpeg 6.1
    const AVCodecParameters *parameters = stream->codecpar;
    const AVPacketSideData *data = av_packet_side_data_get(
        parameters->coded_side_data, parameters->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return data ? (const int32_t *)(const void *)data->data : NULL;
#else
    return (const int32_t *)(const void *)av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX,
                                                                  NULL);
#endif
}

// 16.16 fixed point: -1, 0 or 1; what is neither is 2.
static int unit_of(int32_t fixed) {
    double x = fixed / 65536.0;
    return x > 0.9 && x < 1.1 ? 1 : x < -0.9 && x > -1.1 ? -1 : x > -0.1 && x < 0.1 ? 0 : 2;
}

struct orientation orientation_of_stream(const AVStream *stream) {
    const int32_t *m = display_matrix(stream);
    if (!m) {
        return UPRIGHT;
    }
    struct orientation o = {unit_of(m[0]), unit_of(m[3]), unit_of(m[1]), unit_of(m[4])};
    bool level = o.xp * o.xp == 1 && o.yq * o.yq == 1 && o.xq == 0 && o.yp == 0;
    bool sideways = o.xq * o.xq == 1 && o.yp * o.yp == 1 && o.xp == 0 && o.yq == 0;
    return level || sideways ? o : UPRIGHT;
}

// ---- shape ----

#define MOST_ASPECT 10

static int even(double side) {
    int rounded = 2 * (int)lround(side / 2);
    return rounded < 2 ? 2 : rounded;
}

struct display_size decode_convert_size(int width, int height, AVRational aspect) {
    double ratio = aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1;
    double stretched = ratio >= 1 ? width * ratio : height / ratio;
    struct display_size size = {width, height};
    if (ratio > MOST_ASPECT || ratio < 1.0 / MOST_ASPECT || fabs(ratio - 1) < 1e-3) {
        return size;
    }
    bool wider = ratio > 1, fits = stretched <= IMAGE_MAX_SIDE;
    if (wider == fits) {
        size.width = even(fits ? stretched : width * ratio);
    } else {
        size.height = even(fits ? stretched : height / ratio);
    }
    return size;
}

// ---- colours ----

// What files leave unsaid is what players assume: BT.709 from HD upward, BT.601 below.
static int colorspace_of(const AVFrame *frame) {
    switch (frame->colorspace) {
    case AVCOL_SPC_BT709:
        return SWS_CS_ITU709;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return SWS_CS_BT2020;
    case AVCOL_SPC_SMPTE240M:
        return SWS_CS_SMPTE240M;
    case AVCOL_SPC_FCC:
        return SWS_CS_FCC;
    case AVCOL_SPC_UNSPECIFIED:
        return image_is_hd(frame->width, frame->height) ? SWS_CS_ITU709 : SWS_CS_ITU601;
    default:
        return SWS_CS_ITU601;
    }
}

static bool is_full_range(const AVFrame *frame) {
    switch (frame->format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
        return true;
    default:
        return frame->color_range == AVCOL_RANGE_JPEG;
    }
}

static bool remake_converter(struct decode_convert *upright, struct decode_convert_key key,
                             const char *name) {
    sws_freeContext(upright->converter);
    upright->key = (struct decode_convert_key){0};
    bool stretched = key.display_width != key.width || key.display_height != key.height;
    upright->converter =
        sws_isSupportedInput((enum AVPixelFormat)key.format)
            ? sws_getContext(key.width, key.height, (enum AVPixelFormat)key.format,
                             key.display_width, key.display_height, AV_PIX_FMT_BGR0,
                             (stretched ? SWS_BICUBIC : SWS_BILINEAR) | SWS_ACCURATE_RND, NULL,
                             NULL, NULL)
            : NULL;
    if (!upright->converter) {
        const char *format = av_get_pix_fmt_name((enum AVPixelFormat)key.format);
        LOG(ERROR,
            "%s: pictures of %dx%d in the pixel format %s cannot be converted; convert the video "
            "with ffmpeg -pix_fmt yuv420p",
            name, key.width, key.height, format ? format : "?");
        return false;
    }
    const int *matrix = sws_getCoefficients(key.colorspace);
    // Fails for formats without a matrix (RGB, grey), which need none.
    (void)sws_setColorspaceDetails(upright->converter, matrix, key.full_range, matrix, 1, 0,
                                   1 << 16, 1 << 16);
    upright->key = key;
    return true;
}

static bool prepare_converter(struct decode_convert *upright, const AVFrame *frame,
                              const char *name) {
    struct display_size size =
        decode_convert_size(frame->width, frame->height, frame->sample_aspect_ratio);
    struct decode_convert_key key = {frame->width,         frame->height,        frame->format,
                                     colorspace_of(frame), is_full_range(frame), size.width,
                                     size.height};
    if (upright->converter && memcmp(&key, &upright->key, sizeof key) == 0) {
        return true;
    }
    if (key.width > IMAGE_MAX_SIDE || key.height > IMAGE_MAX_SIDE) {
        LOG(ERROR,
            "%s: a picture of %dx%d pixels is too large; %d a side is the limit, scale it down",
            name, key.width, key.height, IMAGE_MAX_SIDE);
        return false;
    }
    return remake_converter(upright, key, name);
}

void decode_convert_init(struct decode_convert *upright, struct orientation orientation,
                         bool keep_planes) {
    *upright = (struct decode_convert){.orientation = orientation, .keep_planes = keep_planes};
}

void decode_convert_finish(struct decode_convert *upright) {
    sws_freeContext(upright->converter);
    image_finish(&upright->stored);
    *upright = (struct decode_convert){0};
}

static bool is_square(const AVFrame *frame) {
    struct display_size size =
        decode_convert_size(frame->width, frame->height, frame->sample_aspect_ratio);
    return size.width == frame->width && size.height == frame->height;
}

static bool is_i420(const AVFrame *frame) {
    int matrix = image_is_hd(frame->width, frame->height) ? SWS_CS_ITU709 : SWS_CS_ITU601;
    return frame->format == AV_PIX_FMT_YUV420P && !is_full_range(frame) &&
           colorspace_of(frame) == matrix && frame->width % 2 == 0 && frame->height % 2 == 0;
}

static bool copy_planes(const AVFrame *frame, struct image *picture) {
    if (!image_resize_storage(picture, frame->width, frame->height, PIXEL_I420)) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        struct image plane = image_plane(picture, i);
        image_copy(&plane, &(struct image){frame->data[i], plane.width, plane.height,
                                           frame->linesize[i], PIXEL_GREY8});
    }
    return true;
}

bool decode_convert_convert(struct decode_convert *upright, const AVFrame *frame,
                            struct image *picture, const char *name) {
    struct orientation o = upright->orientation;
    bool turned = !orientation_is_upright(o);
    if (upright->keep_planes && !turned && is_square(frame) && is_i420(frame)) {
        return copy_planes(frame, picture);
    }
    if (!prepare_converter(upright, frame, name)) {
        return false;
    }
    struct image *stored = turned ? &upright->stored : picture;
    if (!image_resize_storage(stored, upright->key.display_width, upright->key.display_height,
                              PIXEL_BGRX32)) {
        return false;
    }
    uint8_t *planes[4] = {stored->data};
    int strides[4] = {(int)stored->stride};
    sws_scale(upright->converter, (const uint8_t *const *)frame->data, frame->linesize, 0,
              frame->height, planes, strides);
    return !turned || orientation_apply(o, stored, picture);
}
