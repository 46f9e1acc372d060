// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "video_codec.h"

#include "../../core/image.h"
#include "../../core/log.h"

#include <libavutil/cpu.h>
#include <libavutil/opt.h>
#include <math.h>

// "key=value" pairs for a file and for live.
struct candidate {
    const char *encoder, *settings, *live_settings;
    bool vp9;
    int max_time_base; // denominator; 0 = no limit
};

#define X264 "crf=20:forced-idr=1:"
// The preset superfast with the lookahead of veryfast: two thirds of the time of veryfast for the
// same size and likeness (SSIM of webcam video; superfast alone makes twice the size).
#define X264_FILE X264 "preset=superfast:rc-lookahead=10:mbtree=1"
#define VPX "crf=31:b=0:row-mt=1:auto-alt-ref=0:lag-in-frames=0:"

// The best first.
static const struct candidate candidates[] = {
    {"libx264", X264_FILE, X264 "preset=superfast:tune=zerolatency", false, 0},
    {"libopenh264", "allow_skip_frames=0", "allow_skip_frames=0", false, 0},
    {"h264_nvenc", "forced-idr=1:cq=22", "forced-idr=1:cq=22:delay=0:zerolatency=1", false, 0},
    {"h264_v4l2m2m", "", "", false, 0},
    {"mpeg4", "", "", false, 60000},
    {"libvpx-vp9", VPX "deadline=good:cpu-used=4", VPX "deadline=realtime:cpu-used=8", true, 0},
};
#define N_CANDIDATES (sizeof candidates / sizeof *candidates)

#define LIVE_THREADS 2
#define MAX_THREADS 4
#define USUAL_RATE 30

static double rate_of(const struct video_settings *settings) {
    return settings->rate.num > 0 && settings->rate.den > 0 ? av_q2d(settings->rate) : USUAL_RATE;
}

// The matrix that players take for granted at this size, said aloud all the same. Cameras and
// screens have nearly the same primaries and curve, those of BT.709.
static void set_colours(AVCodecContext *codec) {
    bool hd = image_is_hd(codec->width, codec->height);
    codec->colorspace = hd ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    codec->color_primaries = AVCOL_PRI_BT709;
    codec->color_trc = AVCOL_TRC_BT709;
    codec->color_range = AVCOL_RANGE_MPEG;
    codec->chroma_sample_location = AVCHROMA_LOC_LEFT;
}

static void set_basics(AVCodecContext *codec, const struct video_settings *settings) {
    int cores = av_cpu_count();
    codec->width = settings->width;
    codec->height = settings->height;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->time_base = settings->time_base;
    codec->framerate = settings->rate.num > 0 ? settings->rate : (AVRational){USUAL_RATE, 1};
    codec->sample_aspect_ratio = settings->aspect;
    codec->gop_size = (int)lround(fmin(fmax(rate_of(settings), 1), 600));
    codec->max_b_frames = 0; // with them, MP4 would need its times shifted
    codec->thread_count = settings->live ? LIVE_THREADS : cores < MAX_THREADS ? cores : MAX_THREADS;
    // For encoders without a constant-quality mode: about a sixth of a bit per pixel.
    codec->bit_rate =
        (int64_t)(codec->width * (double)codec->height * fmin(rate_of(settings), 120) / 6);
    codec->flags |= settings->global_header ? AV_CODEC_FLAG_GLOBAL_HEADER : 0;
    set_colours(codec);
}

static AVCodecContext *try_candidate(const struct candidate *candidate,
                                     const struct video_settings *settings) {
    const AVCodec *encoder = avcodec_find_encoder_by_name(candidate->encoder);
    AVCodecContext *codec = encoder ? avcodec_alloc_context3(encoder) : NULL;
    if (!codec) {
        return NULL;
    }
    set_basics(codec, settings);
    if (candidate->max_time_base && codec->time_base.den > candidate->max_time_base) {
        codec->time_base = (AVRational){1, candidate->max_time_base};
    }
    AVDictionary *options = NULL;
    const char *text = settings->live ? candidate->live_settings : candidate->settings;
    int error = av_dict_parse_string(&options, text, "=", ":", 0);
    error = error < 0 ? error : avcodec_open2(codec, encoder, &options);
    av_dict_free(&options);
    if (error < 0) {
        LOG(DEBUG, "the encoder %s does not start: %s", candidate->encoder, av_err2str(error));
        avcodec_free_context(&codec);
    }
    return codec;
}

AVCodecContext *video_codec_open(const struct video_settings *settings, const char *name) {
    const struct candidate *best = NULL;
    for (size_t i = 0; i < N_CANDIDATES; i++) {
        if (candidates[i].vp9 != settings->vp9) {
            continue;
        }
        best = best ? best : &candidates[i];
        AVCodecContext *codec = try_candidate(&candidates[i], settings);
        if (codec) {
            if (&candidates[i] != best) {
                LOG(WARNING,
                    "%s: this FFmpeg has no %s, %s is used, with larger files or worse pictures",
                    name, best->encoder, candidates[i].encoder);
            }
            return codec;
        }
    }
    LOG(ERROR, "%s: this FFmpeg cannot encode %s at %dx%d; %s", name,
        settings->vp9 ? "VP9" : "H.264", settings->width, settings->height,
        settings->vp9 ? "record to .mkv instead" : "install FFmpeg with libx264");
    return NULL;
}
