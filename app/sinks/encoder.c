// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/encoder.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "app/video/media_time.h"
#include "app/video/container.h"
#include "app/sinks/event_subtitles.h"
#include "app/video/stream_copy.h"
#include "app/video/encode_convert.h"
#include "app/video/video_codec.h"
#include "app/sinks/mp4_defragment.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct encoder {
    char *path, *name; // on the disk; for messages
    const struct container *container;
    AVFormatContext *output;
    AVCodecContext *codec;
    AVStream *stream;
    struct encode_convert to_yuv;
    struct stream_copy copy;
    struct event_subtitles subtitles;
    AVFrame *frame;
    AVPacket *packet; // from the codec
    AVPacket *held;   // the packet before, which waits for its duration: the next one's time
    bool has_held;
    bool failed;                 // logged
    bool standard;               // output; path means nothing
    int64_t rate_ticks;          // of a picture, nominal, in the codec's time base
    int64_t frame_ticks;         // of the last one
    int64_t last, last_keyframe; // ticks; AV_NOPTS_VALUE at first
};

// ---- failures ----

static bool fail(struct encoder *encoder, int error) {
    if (!encoder->failed && error == AVERROR(EPIPE)) {
        LOG(ERROR, "%s: cannot be written any further: whoever read it has gone", encoder->name);
    } else if (!encoder->failed) {
        LOG(ERROR,
            "%s: cannot be written any further: %s; what is in it so far stays; check that there "
            "is room on the disk",
            encoder->name, av_err2str(error));
    }
    encoder->failed = true;
    return false;
}

// ---- opening ----

static bool is_standard(const char *path) {
    return strcmp(path, "-") == 0;
}

static bool check_path(const char *path, const char *name, const char *input) {
    if (is_standard(path) && isatty(STDOUT_FILENO)) {
        LOG(ERROR, "standard output: is a terminal, which shows no video; pipe it into a program");
        return false;
    }
    struct stat to, from;
    if (stat(path, &to) == 0 && input && stat(input, &from) == 0 && to.st_dev == from.st_dev &&
        to.st_ino == from.st_ino) {
        LOG(ERROR, "%s: is the video that is being read; choose another name", name);
        return false;
    }
    return true;
}

static bool open_codec(struct encoder *encoder, const struct encoder_options *options) {
    AVRational wanted = {options->time_base_num, options->time_base_den};
    struct video_settings settings = {
        .width = encode_convert_even(options->width),
        .height = encode_convert_even(options->height),
        .time_base = container_time_base(encoder->container, wanted),
        .rate = options->rate_hz > 0 ? av_d2q(options->rate_hz, 100000) : (AVRational){0, 1},
        .live = options->live,
        .vp9 = encoder->container->vp9,
        .format = encoder->output->oformat,
        .choice = options->choice,
    };
    encoder->codec = video_codec_open(&settings, encoder->name);
    if (!encoder->codec) {
        return false;
    }
    double rate = options->rate_hz > 0 ? options->rate_hz : 30;
    encoder->rate_ticks =
        media_ticks_from_ns((int64_t)((double)NS_PER_S / rate), encoder->codec->time_base);
    encoder->rate_ticks = encoder->rate_ticks > 0 ? encoder->rate_ticks : 1;
    encoder->frame_ticks = encoder->rate_ticks;
    return true;
}

static bool add_video_stream(struct encoder *encoder) {
    AVCodecContext *codec = encoder->codec;
    encoder->stream = avformat_new_stream(encoder->output, NULL);
    if (!encoder->stream || avcodec_parameters_from_context(encoder->stream->codecpar, codec) < 0) {
        return log_no_memory("recording to %s", encoder->name);
    }
    encoder->stream->time_base = codec->time_base;
    encoder->stream->avg_frame_rate = codec->framerate;
    encoder->stream->sample_aspect_ratio = codec->sample_aspect_ratio;
    encoder->stream->disposition = AV_DISPOSITION_DEFAULT;
    return true;
}

// An MP4 gets its subtitles when it is made whole.
static bool add_subtitle_stream(struct encoder *encoder) {
    const struct container *container = encoder->container;
    if (container->fragments || event_subtitles_add_stream(&encoder->subtitles, encoder->output,
                                                           container->subtitles) >= 0) {
        return true;
    }
    return log_no_memory("recording to %s", encoder->name);
}

static bool alloc_buffers(struct encoder *encoder) {
    encoder->frame = av_frame_alloc();
    encoder->packet = av_packet_alloc();
    encoder->held = av_packet_alloc();
    if (!encoder->frame || !encoder->packet || !encoder->held) {
        goto fail;
    }
    encoder->frame->format = encoder->codec->pix_fmt;
    encoder->frame->width = encoder->codec->width;
    encoder->frame->height = encoder->codec->height;
    encoder->frame->colorspace = encoder->codec->colorspace;
    encoder->frame->color_primaries = encoder->codec->color_primaries;
    encoder->frame->color_trc = encoder->codec->color_trc;
    encoder->frame->color_range = encoder->codec->color_range;
    encoder->frame->sample_aspect_ratio = encoder->codec->sample_aspect_ratio;
    if (av_frame_get_buffer(encoder->frame, 0) >= 0) {
        return true;
    }
fail:
    return log_no_memory("recording to %s", encoder->name);
}

static bool start_file(struct encoder *encoder) {
    AVDictionary *options = NULL;
    container_set_options(encoder->container, &options);
    encoder->output->flags |= AVFMT_FLAG_FLUSH_PACKETS;
    int error = avio_open(&encoder->output->pb, encoder->output->url, AVIO_FLAG_WRITE);
    bool opened = error >= 0;
    error = error < 0 ? error : avformat_write_header(encoder->output, &options);
    av_dict_free(&options);
    if (error < 0) {
        LOG(ERROR, "%s: cannot be written: %s; choose another name or folder", encoder->name,
            av_err2str(error));
        if (opened && !encoder->standard) {
            file_remove(encoder->path);
        }
        return false;
    }
    return true;
}

static bool alloc_output(struct encoder *encoder, const char *path, const char *name) {
    size_t size = strlen(path) + sizeof "pipe:1";
    char *url = malloc(size);
    encoder->standard = is_standard(path);
    encoder->path = strdup(path);
    encoder->name = strdup(encoder->standard ? "standard output" : name);
    if (url && encoder->path && encoder->name) {
        // "file:": a colon in a name is no protocol
        snprintf(url, size, "%s%s",
                 encoder->standard ? "pipe:1" : "file:", encoder->standard ? "" : path);
        avformat_alloc_output_context2(&encoder->output, NULL, encoder->container->muxer, url);
    }
    free(url);
    if (!encoder->output) {
        LOG(ERROR, "%s: no memory to record, or this FFmpeg cannot write such files", name);
    }
    return encoder->output;
}

static void destroy(struct encoder *encoder) {
    if (encoder->output && encoder->output->pb) {
        avio_closep(&encoder->output->pb);
    }
    avformat_free_context(encoder->output);
    avcodec_free_context(&encoder->codec);
    av_frame_free(&encoder->frame);
    av_packet_free(&encoder->packet);
    av_packet_free(&encoder->held);
    encode_convert_finish(&encoder->to_yuv);
    stream_copy_finish(&encoder->copy);
    event_subtitles_finish(&encoder->subtitles);
    free(encoder->path);
    free(encoder->name);
    free(encoder);
}

static bool open_copy(struct encoder *encoder, const struct encoder_options *options,
                      int64_t from_ns) {
    if (!options->copy_from) {
        return true;
    }
    if (!stream_copy_init(&encoder->copy, options->copy_from, from_ns, encoder->output,
                          encoder->name, encoder->container)) {
        return false;
    }
    event_subtitles_take_chapters(&encoder->subtitles, encoder->copy.input.container, from_ns);
    return true;
}

struct encoder *encoder_create(const char *path, const char *name,
                               const struct encoder_options *options, int64_t copy_from_ns) {
    media_quieten();
    const struct container *container = container_of_path(name);
    if (!container || !check_path(path, name, options->copy_from)) {
        return NULL;
    }
    struct encoder *encoder = calloc(1, sizeof *encoder);
    if (!encoder) {
        log_no_memory("recording to %s", name);
        return NULL;
    }
    encoder->container = container;
    encoder->subtitles.end_ns = options->end_ns > copy_from_ns ? options->end_ns - copy_from_ns : 0;
    encoder->last = encoder->last_keyframe = AV_NOPTS_VALUE;
    if (!alloc_output(encoder, path, name) || !open_codec(encoder, options) ||
        !alloc_buffers(encoder) || !add_video_stream(encoder)) {
        goto fail;
    }
    if (!open_copy(encoder, options, copy_from_ns) || !add_subtitle_stream(encoder) ||
        !start_file(encoder)) {
        goto fail;
    }
    return encoder;
fail:
    destroy(encoder);
    return NULL;
}

// ---- packets ----

// Writes the held packet, and before it all sound and subtitles that begin earlier.
static bool write_held(struct encoder *encoder, int64_t duration) {
    AVPacket *packet = encoder->held;
    packet->duration = duration;
    packet->stream_index = encoder->stream->index;
    encoder->has_held = false;
    int64_t begin_ns = media_ns_from_ticks(packet->pts, encoder->codec->time_base);
    int error = stream_copy_until(&encoder->copy, begin_ns);
    error =
        error < 0 ? error : event_subtitles_write(&encoder->subtitles, encoder->output, begin_ns);
    if (error >= 0) {
        av_packet_rescale_ts(packet, encoder->codec->time_base, encoder->stream->time_base);
        error = av_write_frame(encoder->output, packet);
    }
    av_packet_unref(packet);
    return error >= 0 || fail(encoder, error);
}

static bool take_packet(struct encoder *encoder) {
    if (encoder->has_held && !write_held(encoder, encoder->packet->pts - encoder->held->pts)) {
        return false;
    }
    av_packet_move_ref(encoder->held, encoder->packet);
    encoder->has_held = true;
    return true;
}

// frame NULL: no more will come.
static bool encode(struct encoder *encoder, const AVFrame *frame) {
    int error = avcodec_send_frame(encoder->codec, frame);
    while (error >= 0) {
        error = avcodec_receive_packet(encoder->codec, encoder->packet);
        if (error >= 0 && !take_packet(encoder)) {
            av_packet_unref(encoder->packet);
            return false;
        }
    }
    return error == AVERROR(EAGAIN) || error == AVERROR_EOF || fail(encoder, error);
}

// ---- pictures ----

// A keyframe at least every second, whatever the rate turns out to be.
static bool wants_keyframe(const struct encoder *encoder, int64_t ticks) {
    if (encoder->last_keyframe == AV_NOPTS_VALUE) {
        return true;
    }
    int64_t next = ticks + (ticks - encoder->last); // as far as one can tell
    int64_t ns = media_ns_from_ticks(next - encoder->last_keyframe, encoder->codec->time_base);
    return ns > NS_PER_S + NS_PER_S / 1000;
}

static int64_t last_ticks(const struct encoder *encoder, int64_t ticks, int64_t duration_ns) {
    int64_t said = media_ticks_from_ns(duration_ns, encoder->codec->time_base);
    int64_t gap = encoder->last == AV_NOPTS_VALUE ? 0 : ticks - encoder->last;
    bool usual = gap > 0 && gap <= 2 * encoder->rate_ticks;
    return said > 0 ? said : usual ? gap : encoder->rate_ticks;
}

bool encoder_write(struct encoder *encoder, const struct image *picture, int64_t media_ns,
                   int64_t duration_ns) {
    if (encoder->failed) {
        return false;
    }
    int64_t ticks = media_ticks_from_ns(media_ns, encoder->codec->time_base);
    if (encoder->last != AV_NOPTS_VALUE && ticks <= encoder->last) {
        ticks = encoder->last + 1;
    }
    int error = av_frame_make_writable(encoder->frame);
    if (error < 0 || !encode_convert_convert(&encoder->to_yuv, picture, encoder->frame)) {
        return fail(encoder, error < 0 ? error : AVERROR(ENOMEM));
    }
    bool keyframe = wants_keyframe(encoder, ticks);
    encoder->frame->pts = ticks;
    encoder->frame->pict_type = keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    encoder->last_keyframe = keyframe ? ticks : encoder->last_keyframe;
    encoder->frame_ticks = last_ticks(encoder, ticks, duration_ns);
    encoder->last = ticks;
    return encode(encoder, encoder->frame);
}

void encoder_add_event(struct encoder *encoder, const struct smile_event *event, int64_t media_ns,
                       int smile) {
    event_subtitles_add(&encoder->subtitles, event, media_ns, smile);
}

// ---- the end ----

static int64_t end_ns(const struct encoder *encoder) {
    int64_t end = encoder->last == AV_NOPTS_VALUE ? 0 : encoder->last + encoder->frame_ticks;
    return media_ns_from_ticks(end, encoder->codec->time_base);
}

static void write_rest(struct encoder *encoder, int64_t next_ns) {
    if (next_ns >= 0 && encoder->last != AV_NOPTS_VALUE) {
        int64_t ticks = media_ticks_from_ns(next_ns, encoder->codec->time_base) - encoder->last;
        encoder->frame_ticks = ticks > 0 ? ticks : 1;
    }
    if (!encode(encoder, NULL) ||
        (encoder->has_held && !write_held(encoder, encoder->frame_ticks))) {
        return;
    }
    int error = next_ns >= 0 ? stream_copy_until(&encoder->copy, next_ns - 1)
                             : stream_copy_rest(&encoder->copy, end_ns(encoder));
    error = error < 0 ? error : stream_copy_flush(&encoder->copy);
    error =
        error < 0 ? error : event_subtitles_write(&encoder->subtitles, encoder->output, INT64_MAX);
    if (error < 0) {
        fail(encoder, error);
    }
}

static void write_trailer(struct encoder *encoder) {
    if (encoder->output->pb->error < 0) {
        encoder->output->pb->error = 0; // what is overwritten in place needs no room
    }
    int error = 0;
    if (!encoder->container->fragments) {
        error = event_subtitles_set_chapters(&encoder->subtitles, encoder->output, end_ns(encoder));
    }
    error = error < 0 ? error : av_write_trailer(encoder->output);
    int close_error = avio_closep(&encoder->output->pb);
    if (error < 0 || close_error < 0) {
        fail(encoder, error < 0 ? error : close_error);
    }
}

int64_t encoder_size(const struct encoder *encoder) {
    return encoder->output->pb ? avio_tell(encoder->output->pb) : 0;
}

bool encoder_close(struct encoder *encoder, int64_t next_ns) {
    if (!encoder) {
        return true;
    }
    if (!encoder->failed) {
        write_rest(encoder, next_ns);
    }
    write_trailer(encoder);
    bool whole = !encoder->failed;
    if (whole && encoder->container->fragments) {
        mp4_defragment(encoder->path, encoder->name, encoder->container->muxer, &encoder->copy,
                       &encoder->subtitles, end_ns(encoder));
    }
    destroy(encoder);
    return whole;
}
