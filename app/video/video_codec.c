// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/video_codec.h"

#include "core/image/image.h"
#include "core/base/log.h"

#include <libavutil/cpu.h>
#include <libavutil/opt.h>
#include <math.h>
#include <string.h>

// Settings are "key=value" pairs: for every recording, for live ones, and what makes the encoder as
// fast as it has to be where no preset is asked for.
struct candidate {
    const char *encoder;
    bool named_only, vp9;
    int max_time_base;   // denominator; 0 = no limit
    const char *quality; // the option that means a constant one; NULL: a bit rate is set instead
    int values[4];       // of it, by enum video_quality
    const char *settings, *live, *speed, *live_speed;
    const char *large_speed; // for pictures above LARGE_PIXELS; NULL: as for others
};

// The best first.
static const struct candidate candidates[] = {
    // The preset superfast with the lookahead of veryfast: two thirds of the time of veryfast for
    // the same size and likeness (SSIM of webcam video; superfast alone makes twice the size).
    {
        .encoder = "libx264",
        .quality = "crf",
        .values = {30, 25, 20, 15},
        .settings = "forced-idr=1",
        .live = "tune=zerolatency",
        .speed = "preset=superfast:rc-lookahead=10:mbtree=1",
        .live_speed = "preset=superfast",
        // 0.8 GB less at 7680x4320, and no larger files.
        .large_speed = "preset=superfast:rc-lookahead=2:mbtree=1:x264-params=sync-lookahead=0",
    },
    {.encoder = "libopenh264", .settings = "allow_skip_frames=0"},
    {
        .encoder = "h264_nvenc",
        .quality = "cq",
        .values = {33, 28, 22, 17},
        .settings = "forced-idr=1",
        .live = "delay=0:zerolatency=1",
    },
    {.encoder = "h264_v4l2m2m"},
    {.encoder = "mpeg4", .max_time_base = 60000},
    {
        .encoder = "libvpx-vp9",
        .vp9 = true,
        .quality = "crf",
        .values = {42, 36, 31, 22},
        .settings = "b=0:row-mt=1:auto-alt-ref=0:lag-in-frames=0",
        .speed = "deadline=good:cpu-used=4",
        .live_speed = "deadline=realtime:cpu-used=8",
    },
    {
        .encoder = "libx265",
        .named_only = true,
        .quality = "crf",
        .values = {33, 28, 24, 19},
        .settings = "forced-idr=1:x265-params=log-level=none",
        .live = "tune=zerolatency",
        .speed = "preset=veryfast",
        .live_speed = "preset=ultrafast",
    },
    {
        .encoder = "hevc_nvenc",
        .named_only = true,
        .quality = "cq",
        .values = {35, 30, 25, 19},
        .settings = "forced-idr=1",
        .live = "delay=0:zerolatency=1",
    },
};
#define N_CANDIDATES (sizeof candidates / sizeof *candidates)

// Bits for a pixel of each quality, where the encoder knows no constant one.
static const double pixel_bits[] = {1 / 24.0, 1 / 12.0, 1 / 6.0, 1 / 3.0};

#define LARGE_PIXELS (4096 * 2304) // encoders keep many pictures for their look-ahead
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
    codec->sample_aspect_ratio = (AVRational){1, 1};
    codec->gop_size = (int)lround(fmin(fmax(rate_of(settings), 1), 600));
    codec->max_b_frames = 0; // with them, MP4 would need its times shifted
    codec->thread_count = settings->live ? LIVE_THREADS : cores < MAX_THREADS ? cores : MAX_THREADS;
    codec->bit_rate =
        (int64_t)(codec->width * (double)codec->height * fmin(rate_of(settings), 120) *
                  pixel_bits[settings->choice.quality]);
    bool global = settings->format->flags & AVFMT_GLOBALHEADER;
    codec->flags |= global ? AV_CODEC_FLAG_GLOBAL_HEADER : 0;
    set_colours(codec);
}

static int add_pairs(AVDictionary **options, const char *text) {
    return text ? av_dict_parse_string(options, text, "=", ":", 0) : 0;
}

static int collect_options(const struct candidate *candidate, const struct video_settings *settings,
                           AVDictionary **options) {
    bool live = settings->live;
    int error = add_pairs(options, candidate->settings);
    error = error < 0 ? error : add_pairs(options, live ? candidate->live : NULL);
    if (settings->choice.preset) {
        av_dict_set(options, "preset", settings->choice.preset, 0);
    } else {
        bool large = (int64_t)settings->width * settings->height > LARGE_PIXELS;
        const char *speed = live                              ? candidate->live_speed
                            : large && candidate->large_speed ? candidate->large_speed
                                                              : candidate->speed;
        error = error < 0 ? error : add_pairs(options, speed);
    }
    if (candidate->quality) {
        av_dict_set_int(options, candidate->quality, candidate->values[settings->choice.quality],
                        0);
    }
    return error;
}

// *result: the open encoder. Returns an error of FFmpeg or 0.
static int open_candidate(const struct candidate *candidate, const AVCodec *encoder,
                          const struct video_settings *settings, AVCodecContext **result) {
    AVCodecContext *codec = avcodec_alloc_context3(encoder);
    if (!codec) {
        return AVERROR(ENOMEM);
    }
    set_basics(codec, settings);
    if (candidate->max_time_base && codec->time_base.den > candidate->max_time_base) {
        codec->time_base = (AVRational){1, candidate->max_time_base};
    }
    AVDictionary *options = NULL;
    int error = collect_options(candidate, settings, &options);
    error = error < 0 ? error : avcodec_open2(codec, encoder, &options);
    av_dict_free(&options);
    if (error < 0) {
        avcodec_free_context(&codec);
    }
    *result = codec;
    return error < 0 ? error : 0;
}

// ---- the one that is asked for ----

static bool takes_our_pictures(const AVCodec *encoder) {
    const enum AVPixelFormat *format = encoder->pix_fmts;
    while (format && *format != AV_PIX_FMT_NONE && *format != AV_PIX_FMT_YUV420P) {
        format++;
    }
    return !format || *format == AV_PIX_FMT_YUV420P;
}

static bool has_presets(const AVCodec *encoder) {
    const AVClass *class = encoder->priv_class;
    return class && av_opt_find(&class, "preset", NULL, 0, AV_OPT_SEARCH_FAKE_OBJ);
}

static bool check_encoder(const AVCodec *encoder, const struct video_settings *settings,
                          const char *name) {
    if (!encoder || encoder->type != AVMEDIA_TYPE_VIDEO) {
        LOG(ERROR,
            "%s: this FFmpeg has no video encoder '%s'; 'ffmpeg -encoders' lists what it has", name,
            settings->choice.encoder);
        return false;
    }
    if (!takes_our_pictures(encoder)) {
        LOG(ERROR,
            "%s: the encoder %s takes no YUV 4:2:0 pictures from memory, which is all that "
            "smilecam gives; libx264, libx265 and h264_nvenc do",
            name, encoder->name);
        return false;
    }
    if (avformat_query_codec(settings->format, encoder->id, FF_COMPLIANCE_NORMAL) != 1) {
        LOG(ERROR, "%s: this kind of file cannot hold what the encoder %s writes; record to .mkv",
            name, encoder->name);
        return false;
    }
    return true;
}

static bool check_preset(const AVCodec *encoder, const struct video_settings *settings,
                         const char *name) {
    if (settings->choice.preset && !has_presets(encoder)) {
        LOG(ERROR, "%s: the encoder %s has no presets; leave --preset out", name, encoder->name);
        return false;
    }
    return true;
}

static void report_why_not(const AVCodec *encoder, const struct video_settings *settings,
                           const char *name, int error) {
    if (encoder->capabilities & (AV_CODEC_CAP_HARDWARE | AV_CODEC_CAP_HYBRID)) {
        LOG(ERROR,
            "%s: the encoder %s does not start: %s; its device or driver is not there or busy; "
            "without --encoder the processor does it",
            name, encoder->name, av_err2str(error));
    } else {
        LOG(ERROR, "%s: the encoder %s does not start%s%s at %dx%d: %s; 'ffmpeg -h encoder=%s' %s",
            name, encoder->name, settings->choice.preset ? " with the preset " : "",
            settings->choice.preset ? settings->choice.preset : "", settings->width,
            settings->height, av_err2str(error), encoder->name, "tells what it takes");
    }
}

static AVCodecContext *open_named(const struct video_settings *settings, const char *name) {
    struct candidate plain = {.encoder = settings->choice.encoder};
    const struct candidate *candidate = &plain;
    for (size_t i = 0; i < N_CANDIDATES; i++) {
        if (strcmp(candidates[i].encoder, settings->choice.encoder) == 0) {
            candidate = &candidates[i];
        }
    }
    const AVCodec *encoder = avcodec_find_encoder_by_name(settings->choice.encoder);
    if (!check_encoder(encoder, settings, name) || !check_preset(encoder, settings, name)) {
        return NULL;
    }
    AVCodecContext *codec = NULL;
    int error = open_candidate(candidate, encoder, settings, &codec);
    if (error < 0) {
        report_why_not(encoder, settings, name, error);
    }
    return codec;
}

// ---- the best ----

static AVCodecContext *open_best(const struct video_settings *settings, const char *name) {
    const struct candidate *best = NULL;
    for (size_t i = 0; i < N_CANDIDATES; i++) {
        const struct candidate *candidate = &candidates[i];
        if (candidate->named_only || candidate->vp9 != settings->vp9) {
            continue;
        }
        best = best ? best : candidate;
        const AVCodec *encoder = avcodec_find_encoder_by_name(candidate->encoder);
        if (encoder && settings->choice.preset) {
            struct video_settings named = *settings;
            named.choice.encoder =
                candidate->encoder; // whose preset it is, and who says what is wrong
            return open_named(&named, name);
        }
        AVCodecContext *codec = NULL;
        int error = encoder ? open_candidate(candidate, encoder, settings, &codec) : 0;
        if (error < 0) {
            LOG(DEBUG, "the encoder %s does not start: %s", candidate->encoder, av_err2str(error));
        }
        if (codec) {
            if (candidate != best) {
                LOG(WARNING,
                    "%s: this FFmpeg has no %s, %s is used, with larger files or worse pictures",
                    name, best->encoder, candidate->encoder);
            }
            return codec;
        }
    }
    LOG(ERROR, "%s: this FFmpeg cannot encode %s at %dx%d; %s", name,
        settings->vp9 ? "VP9" : "H.264", settings->width, settings->height,
        settings->vp9 ? "record to .mkv instead" : "install FFmpeg with libx264");
    return NULL;
}

AVCodecContext *video_codec_open(const struct video_settings *settings, const char *name) {
    return settings->choice.encoder ? open_named(settings, name) : open_best(settings, name);
}
