// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/film_filter.h"

#include "core/base/log.h"

#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/pixdesc.h>
#include <stdio.h>
#include <string.h>

// ---- what a picture needs ----

static bool is_interlaced(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100) // FFmpeg 6.1
    return frame->flags & AV_FRAME_FLAG_INTERLACED;
#else
    return frame->interlaced_frame;
#endif
}

// What HDR leaves unsaid is BT.2020.
static void complete_colours(AVFrame *frame) {
    bool hdr =
        frame->color_trc == AVCOL_TRC_SMPTE2084 || frame->color_trc == AVCOL_TRC_ARIB_STD_B67;
    if (hdr && frame->color_primaries == AVCOL_PRI_UNSPECIFIED) {
        frame->color_primaries = AVCOL_PRI_BT2020;
    }
    if (frame->color_primaries != AVCOL_PRI_BT2020) {
        return;
    }
    if (frame->color_trc == AVCOL_TRC_UNSPECIFIED) {
        frame->color_trc = AVCOL_TRC_BT2020_10;
    }
    if (frame->colorspace == AVCOL_SPC_UNSPECIFIED) {
        frame->colorspace = AVCOL_SPC_BT2020_NCL;
    }
    if (frame->color_range == AVCOL_RANGE_UNSPECIFIED) {
        frame->color_range = AVCOL_RANGE_MPEG;
    }
}

static struct film_filter_key key_of(struct film_filter *filter, AVFrame *frame) {
    struct film_filter_key key;
    memset(&key, 0, sizeof key); // compared as a whole
    complete_colours(frame);
    filter->interlaced = filter->interlaced || is_interlaced(frame);
    key.width = frame->width;
    key.height = frame->height;
    key.format = frame->format;
    key.trc = frame->color_trc;
    key.primaries = frame->color_primaries;
    key.colorspace = frame->colorspace;
    key.range = frame->color_range;
    key.interlaced = filter->interlaced;
    key.hdr = key.trc == AVCOL_TRC_SMPTE2084 || key.trc == AVCOL_TRC_ARIB_STD_B67;
    key.wide = key.primaries == AVCOL_PRI_BT2020;
    return key;
}

// ---- filters ----

#define DEINTERLACED "bwdif=mode=send_frame:deint=interlaced"
#define LINEAR "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709"
#define COMPRESSED "tonemap=mobius:param=0.3:peak=5:desat=0" // 5 x 203 cd/m2 is the usual peak
#define SDR "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"

static void open_filters(struct film_filter *filter) {
    const struct film_filter_key *key = &filter->key;
    bool colours = key->hdr || key->wide;
    char from[256], steps[512];
    snprintf(from, sizeof from, "video_size=%dx%d:pix_fmt=%d:time_base=%d/%d:pixel_aspect=1/1",
             key->width, key->height, key->format, filter->time_base.num, filter->time_base.den);
    snprintf(steps, sizeof steps, "%s%s%s%s%s", key->interlaced ? DEINTERLACED : "",
             key->interlaced && colours ? "," : "", colours ? LINEAR "," : "",
             key->hdr ? COMPRESSED "," : "", colours ? SDR : "");
    int error = filter_graph_init(&filter->filters, false, from, steps);
    filter->draining = false;
    if (error >= 0) {
        return;
    }
    filter_graph_finish(&filter->filters);
    filter->broken = true;
    LOG(WARNING, "%s: is %s, which this FFmpeg cannot undo (%s); it is used as it is", filter->name,
        colours ? "HDR" : "interlaced", av_err2str(error));
}

static bool is_needed(const struct film_filter *filter, const struct film_filter_key *key) {
    return !filter->broken && (key->interlaced || key->hdr || key->wide);
}

bool film_filter_init(struct film_filter *filter, AVRational time_base, const char *name) {
    *filter = (struct film_filter){.time_base = time_base, .name = name, .next = av_frame_alloc()};
    return filter->next || log_no_memory("reading %s", name);
}

void film_filter_finish(struct film_filter *filter) {
    filter_graph_finish(&filter->filters);
    av_frame_free(&filter->next);
}

// ---- pictures ----

void film_filter_send(struct film_filter *filter, AVFrame *picture) {
    filter->has_next = picture != NULL;
    filter->over = picture == NULL;
    if (picture) {
        av_frame_move_ref(filter->next, picture);
    }
}

// The next picture, or the end of those of its kind.
static void feed(struct film_filter *filter) {
    if (filter->has_next) {
        struct film_filter_key key = key_of(filter, filter->next);
        if (memcmp(&key, &filter->key, sizeof key) == 0) {
            filter->has_next = false;
            if (av_buffersrc_add_frame(filter->filters.in, filter->next) < 0) {
                av_frame_unref(filter->next);
            }
            return;
        }
    }
    if ((filter->has_next || filter->over) && !filter->draining) {
        filter->draining = true;
        if (av_buffersrc_add_frame(filter->filters.in, NULL) < 0) {
            LOG(DEBUG, "%s: the last picture is not filtered", filter->name);
        }
    }
}

static int take(struct film_filter *filter, AVFrame *picture) {
    AVRational base = av_buffersink_get_time_base(filter->filters.out);
    int error = av_buffersink_get_frame(filter->filters.out, picture);
    if (error >= 0 && picture->pts != AV_NOPTS_VALUE) {
        picture->pts = av_rescale_q(picture->pts, base, filter->time_base);
    }
    return error;
}

int film_filter_receive(struct film_filter *filter, AVFrame *picture) {
    while (true) {
        if (filter->filters.graph) {
            feed(filter);
            int error = take(filter, picture);
            if (error >= 0 || (error == AVERROR(EAGAIN) && !filter->draining)) {
                return error;
            }
            filter_graph_finish(&filter->filters); // its end, or it has failed
        }
        if (!filter->has_next) {
            return filter->over ? AVERROR_EOF : AVERROR(EAGAIN);
        }
        filter->key = key_of(filter, filter->next);
        if (!is_needed(filter, &filter->key)) {
            filter->has_next = false;
            av_frame_move_ref(picture, filter->next);
            return 0;
        }
        open_filters(filter);
    }
}
