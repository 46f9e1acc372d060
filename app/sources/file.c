// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/source.h"
#include "app/video/stream_clock.h"

#include "core/base/log.h"
#include "app/video/media_input.h"
#include "app/video/media_time.h"
#include "app/video/decode_convert.h"
#include "app/video/film_filter.h"

#include <libavcodec/avcodec.h>
#include <libavutil/pixdesc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Decoding competes with the analysis, which is the one that has to hurry.
#define DECODER_THREADS 2

// Damaged packets in a row after which the rest of the file is given up.
#define MAX_BAD_READS 64

struct file_source {
    struct source base;
    struct media_input input;
    AVStream *stream; // the container's
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    struct film_filter filter;
    struct decode_convert upright;

    struct stream_clock clock;
    int64_t played;  // ns, the end of the last packet of any stream
    int64_t from_ns; // media time; pictures before it are passed over

    uint64_t n_frames;
    long long n_damaged; // packets skipped and pictures with patched holes
    int bad_reads;       // in a row
    int read_error;      // what ended the reading; 0 before
    bool failed;         // logged
};

// ---- opening ----

static bool check_size(const struct file_source *file) {
    const AVCodecParameters *parameters = file->stream->codecpar;
    if (parameters->width > IMAGE_MAX_SIDE || parameters->height > IMAGE_MAX_SIDE) {
        LOG(ERROR,
            "%s: its pictures of %dx%d pixels are too large; %d a side is the limit, scale it down",
            file->input.name, parameters->width, parameters->height, IMAGE_MAX_SIDE);
        return false;
    }
    return true;
}

static bool open_decoder(struct file_source *file) {
    const AVCodecParameters *parameters = file->stream->codecpar;
    const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
    if (!codec) {
        LOG(ERROR, "%s: this FFmpeg has no decoder for %s; convert the video to H.264",
            file->input.name, avcodec_get_name(parameters->codec_id));
        return false;
    }
    file->decoder = avcodec_alloc_context3(codec);
    int error =
        file->decoder ? avcodec_parameters_to_context(file->decoder, parameters) : AVERROR(ENOMEM);
    if (error >= 0) {
        file->decoder->pkt_timebase = file->stream->time_base;
        file->decoder->max_pixels = (int64_t)IMAGE_MAX_SIDE * IMAGE_MAX_SIDE;
        file->decoder->thread_count = DECODER_THREADS;
        if (file->base.info.live) { // each frame thread would hold one picture back
            file->decoder->thread_type = FF_THREAD_SLICE;
            file->decoder->flags |= AV_CODEC_FLAG_LOW_DELAY;
        }
        error = avcodec_open2(file->decoder, codec, NULL);
    }
    if (error < 0) {
        LOG(ERROR, "%s: the decoder for %s does not start: %s; convert the video to H.264",
            file->input.name, codec->name, av_err2str(error));
    }
    return error >= 0;
}

static void describe(struct source_info *info, const struct file_source *file) {
    const char *name = file->input.name, *slash = strrchr(name, '/');
    int n = snprintf(info->description, sizeof info->description, "%s, %dx%d",
                     slash && slash[1] ? slash + 1 : name, info->width, info->height);
    if (info->rate_hz > 0 && n < (int)sizeof info->description) {
        snprintf(info->description + n, sizeof info->description - (size_t)n, " at %.4g fps",
                 info->rate_hz);
    }
}

static bool is_live(const struct file_source *file) {
    return file->input.network && file->input.container->duration <= 0;
}

static bool is_seekable(const struct file_source *file) {
    const AVIOContext *bytes = file->input.container->pb;
    return !is_live(file) && !file->input.pipe && bytes && bytes->seekable & AVIO_SEEKABLE_NORMAL;
}

static void fill_info(struct file_source *file) {
    struct source_info *info = &file->base.info;
    AVStream *stream = file->stream;
    AVRational rate = av_guess_frame_rate(file->input.container, stream, NULL);
    AVRational aspect = av_guess_sample_aspect_ratio(file->input.container, stream, NULL);
    bool sideways = orientation_is_sideways(file->upright.orientation);
    struct display_size size =
        decode_convert_size(stream->codecpar->width, stream->codecpar->height, aspect);

    info->width = sideways ? size.height : size.width;
    info->height = sideways ? size.width : size.height;
    info->rate_hz = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
    info->duration_ns = media_input_duration_ns(&file->input);
    info->live = is_live(file);
    info->seekable = is_seekable(file);
    info->sound =
        av_find_best_stream(file->input.container, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0) >= 0;
    info->time_base_num = stream->time_base.num;
    info->time_base_den = stream->time_base.den;
    describe(info, file);

    stream_clock_init(&file->clock, stream->time_base, rate,
                      media_start_ticks(file->input.container, stream));
}

static void file_destroy(struct source *source) {
    struct file_source *file = (struct file_source *)source;
    decode_convert_finish(&file->upright);
    film_filter_finish(&file->filter);
    av_frame_free(&file->frame);
    av_packet_free(&file->packet);
    avcodec_free_context(&file->decoder);
    media_input_finish(&file->input);
    free(file);
}

static bool open_stream(struct file_source *file, const struct source_options *options) {
    int index = media_input_find_video(&file->input);
    if (index < 0) {
        return false;
    }
    file->stream = file->input.container->streams[index];
    int rotation = options && is_live(file) ? options->rotation : 0;
    decode_convert_init(&file->upright,
                        orientation_turned(orientation_of_stream(file->stream), rotation),
                        options && options->planes);
    if (!check_size(file)) {
        return false;
    }
    fill_info(file);
    return film_filter_init(&file->filter, file->stream->time_base, file->input.name) &&
           open_decoder(file);
}

static struct source *file_create(const char *argument, const struct source_options *options) {
    struct file_source *file = calloc(1, sizeof *file);
    if (!file) {
        log_no_memory("opening %s", argument);
        return NULL;
    }
    file->base.driver = &source_file;
    if (!media_input_init(&file->input, argument) || !open_stream(file, options)) {
        goto fail;
    }
    file->packet = av_packet_alloc();
    file->frame = av_frame_alloc();
    if (!file->packet || !file->frame) {
        log_no_memory("reading %s", argument);
        goto fail;
    }
    return &file->base;
fail:
    file_destroy(&file->base);
    return NULL;
}

// ---- the end ----

// Whether the container promised much more than came. Its streams need not end together, so what
// counts is the last of any of them.
static bool ended_early(const struct file_source *file) {
    int64_t duration = file->base.info.duration_ns;
    bool guessed = file->input.container->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE;
    int64_t frame = media_ns_from_ticks(file->clock.step, file->clock.base);
    int64_t slack = guessed ? duration / 50 + NS_PER_S : NS_PER_S / 10 + 2 * frame;
    return duration > 0 && file->played < duration - slack;
}

static enum source_status end_of_network(const struct file_source *file) {
    bool silent = file->read_error == AVERROR_EXIT;
    LOG(WARNING, "%s: %s%s; check the network and the camera", file->input.name,
        silent ? "the connection is silent" : "the connection ended",
        file->read_error == AVERROR_EOF || silent ? "" : " with an error");
    return SOURCE_LOST;
}

static void warn_at_end(const struct file_source *file) {
    double reached = (double)stream_clock_ns(&file->clock) / 1e9;
    if (file->read_error != AVERROR_EOF) {
        LOG(WARNING, "%s: is cut short or damaged after %.1f s (%s); what comes before is used",
            file->input.name, reached, av_err2str(file->read_error));
    } else if (ended_early(file)) {
        LOG(WARNING, "%s: is cut short: it ends after %.1f of %.1f s; what is there is used",
            file->input.name, reached, (double)file->base.info.duration_ns / 1e9);
    }
    if (file->n_damaged > 0) {
        LOG(WARNING,
            "%s: %lld damaged part%s skipped or patched; copy the file again if it was whole",
            file->input.name, file->n_damaged, file->n_damaged == 1 ? " was" : "s were");
    }
}

static enum source_status end(struct file_source *file) {
    if (file->failed) {
        return SOURCE_FAILED;
    }
    if (atomic_load(&file->input.interrupted)) {
        return SOURCE_END;
    }
    if (file->base.info.live || (file->input.network && file->read_error != AVERROR_EOF)) {
        return end_of_network(file);
    }
    if (file->n_frames == 0) {
        const char *why = file->decoder->codec_id == AV_CODEC_ID_WEBP
                              ? "it is an animated WebP, which FFmpeg does not play; convert it to "
                                "MP4 or GIF"
                              : "not one picture of it can be decoded; record or copy it again";
        LOG(ERROR, "%s: %s", file->input.name, why);
        file->failed = true;
        return SOURCE_FAILED;
    }
    warn_at_end(file);
    file->failed = file->read_error != AVERROR_EOF || ended_early(file) || file->n_damaged > 0;
    return file->failed ? SOURCE_FAILED : SOURCE_END;
}

// ---- reading ----

static void note_progress(struct file_source *file) {
    const AVPacket *packet = file->packet;
    const AVStream *stream = file->input.container->streams[packet->stream_index];
    int64_t start = media_start_ticks(file->input.container, stream);
    int64_t begin = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts; // of AVI
    if (begin != AV_NOPTS_VALUE && start != AV_NOPTS_VALUE) {
        int64_t end_ns = media_ns_from_ticks(begin - start + packet->duration, stream->time_base);
        file->played = end_ns > file->played ? end_ns : file->played;
    }
}

static void begin_draining(struct file_source *file, int error) {
    file->read_error = error;
    avcodec_send_packet(file->decoder, NULL);
}

// Sends the decoder one more packet, or the end of the stream.
static void feed(struct file_source *file) {
    int error = media_input_read(&file->input, file->packet);
    if (error == AVERROR_INVALIDDATA && ++file->bad_reads < MAX_BAD_READS) {
        file->n_damaged++;
        return; // demuxers find the next good place by themselves
    }
    if (error < 0) {
        begin_draining(file, error);
        return;
    }
    file->bad_reads = 0;
    note_progress(file);
    if (file->packet->stream_index == file->stream->index) {
        error = avcodec_send_packet(file->decoder, file->packet);
        file->n_damaged += error < 0 && error != AVERROR(EAGAIN);
    }
    av_packet_unref(file->packet);
}

static int64_t duration_of(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100) // FFmpeg 6.0
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}

// Whether the picture lies before the place that was sought.
static bool pass_over(struct file_source *file) {
    stream_clock_tick(&file->clock, file->frame->pts);
    bool before = stream_clock_ns(&file->clock) < file->from_ns;
    if (before) {
        av_frame_unref(file->frame);
    }
    return before;
}

static enum source_status deliver(struct file_source *file, struct frame *frame) {
    int64_t duration = duration_of(file->frame);
    frame->duration_ns = duration > 0 && media_is_time(duration, file->clock.base)
                             ? media_ns_from_ticks(duration, file->clock.base)
                             : 0;
    file->frame->sample_aspect_ratio =
        av_guess_sample_aspect_ratio(file->input.container, file->stream, file->frame);
    bool good =
        decode_convert_convert(&file->upright, file->frame, &frame->picture, file->input.name);
    av_frame_unref(file->frame);
    if (!good) {
        file->failed = true;
        return SOURCE_FAILED;
    }
    frame->media_ns = stream_clock_ns(&file->clock);
    frame->captured_ns = clock_now_ns();
    frame->number = file->n_frames++;
    return SOURCE_FRAME;
}

// Sends the filter what the decoder has, or the decoder one more packet.
static void decode(struct file_source *file) {
    int error = avcodec_receive_frame(file->decoder, file->frame);
    if (error == 0) {
        file->n_damaged += file->frame->decode_error_flags != 0;
        file->frame->pts = file->frame->best_effort_timestamp;
        film_filter_send(&file->filter, file->frame);
        return;
    }
    if (error != AVERROR(EAGAIN) && error != AVERROR_EOF) {
        file->n_damaged++;
    }
    if (error == AVERROR_EOF || (file->read_error && ++file->bad_reads > MAX_BAD_READS)) {
        film_filter_send(&file->filter, NULL);
    } else if (!file->read_error) {
        feed(file);
    }
}

static enum source_status file_read(struct source *source, struct frame *frame) {
    struct file_source *file = (struct file_source *)source;
    while (!file->failed && !atomic_load(&file->input.interrupted)) {
        int error = film_filter_receive(&file->filter, file->frame);
        if (error == 0 && !pass_over(file)) {
            return deliver(file, frame);
        }
        if (error == AVERROR_EOF) {
            break;
        }
        if (error != 0) {
            decode(file);
        }
    }
    return end(file);
}

static bool file_seek(struct source *source, int64_t media_ns) {
    struct file_source *file = (struct file_source *)source;
    AVRational ns = {1, NS_PER_S}, base = file->clock.base;
    int64_t start = file->clock.start == AV_NOPTS_VALUE ? 0 : file->clock.start;
    int64_t ticks = start + av_rescale_q_rnd(media_ns, ns, base, AV_ROUND_DOWN);
    int error =
        av_seek_frame(file->input.container, file->stream->index, ticks, AVSEEK_FLAG_BACKWARD);
    if (error < 0) {
        LOG(WARNING, "%s: cannot be played from %.1f s: %s; copy it with ffmpeg -c copy",
            file->input.name, (double)media_ns * 1e-9, av_err2str(error));
        return false;
    }
    avcodec_flush_buffers(file->decoder);
    film_filter_finish(&file->filter);
    file->from_ns = media_ns;
    file->clock.last = AV_NOPTS_VALUE;
    file->clock.shift = 0;
    file->read_error = file->bad_reads = 0;
    file->failed = !film_filter_init(&file->filter, file->stream->time_base, file->input.name);
    return !file->failed;
}

static void file_interrupt(struct source *source) {
    media_input_interrupt(&((struct file_source *)source)->input);
}

const struct source_driver source_file = {
    .name = "file",
    .description = "a video file, or the address of a network camera (rtsp://, http:// ...)",
    .create = file_create,
    .read = file_read,
    .seek = file_seek,
    .interrupt = file_interrupt,
    .destroy = file_destroy,
};
