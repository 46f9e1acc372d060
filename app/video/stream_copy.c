// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/stream_copy.h"

#include "core/base/log.h"
#include "app/video/media_time.h"

#include <libavcodec/avcodec.h>
#include <stdlib.h>
#include <string.h>

// A picture this far behind the last one recorded shows that the recording ended early, and not
// only that the last pictures were damaged.
#define SLACK_NS (NS_PER_S / 2)

// ---- streams ----

static bool is_wanted(const AVStream *stream) {
    enum AVMediaType type = stream->codecpar->codec_type;
    return type == AVMEDIA_TYPE_AUDIO || type == AVMEDIA_TYPE_SUBTITLE;
}

static bool fits(const struct stream_copy *copy, const AVStream *stream) {
    const AVCodecParameters *parameters = stream->codecpar;
    bool audio = parameters->codec_type == AVMEDIA_TYPE_AUDIO;
    bool known = avformat_query_codec(copy->output->oformat, parameters->codec_id,
                                      FF_COMPLIANCE_NORMAL) == 1;
    // MP4 in pieces loses how long a subtitle stays.
    if (known && (audio || !copy->container->fragments) && copy->n_streams < MAX_COPIED) {
        return true;
    }
    LOG(WARNING, "%s: the %s (%s) cannot be kept in this kind of file; record to .mkv to keep %s",
        copy->name, audio ? "sound" : "subtitles", avcodec_get_name(parameters->codec_id),
        audio ? "it" : "them");
    return false;
}

// AAC from broadcasts (MPEG-TS) says in each packet what files say once.
static int add_filter(struct copied_stream *stream, const AVStream *from) {
    const AVCodecParameters *parameters = from->codecpar;
    if (parameters->codec_id != AV_CODEC_ID_AAC || parameters->extradata_size > 0) {
        return 0;
    }
    const AVBitStreamFilter *filter = av_bsf_get_by_name("aac_adtstoasc");
    int error = filter ? av_bsf_alloc(filter, &stream->filter) : AVERROR_BSF_NOT_FOUND;
    error = error < 0 ? error : avcodec_parameters_copy(stream->filter->par_in, parameters);
    if (error < 0) {
        return error;
    }
    stream->filter->time_base_in = from->time_base;
    return av_bsf_init(stream->filter);
}

static bool report_failure(const struct stream_copy *copy, int error) {
    LOG(ERROR, "%s: the sound of %s cannot be copied: %s; record to another kind of file",
        copy->name, copy->input.name, av_err2str(error));
    return false;
}

static bool add_stream(struct stream_copy *copy, AVStream *from) {
    AVStream *to = avformat_new_stream(copy->output, NULL);
    int error = to ? avcodec_parameters_copy(to->codecpar, from->codecpar) : AVERROR(ENOMEM);
    error = error < 0 ? error : av_dict_copy(&to->metadata, from->metadata, 0);
    if (error < 0) {
        return report_failure(copy, error);
    }
    av_dict_set(&to->metadata, "DURATION", NULL, 0); // Matroska writes its own
    to->codecpar->codec_tag = 0;                     // the container's own name for the codec
    to->time_base = from->time_base;
    to->disposition = from->disposition;
    int64_t start = media_start_ticks(copy->input.container, from);
    struct copied_stream *stream = &copy->streams[copy->n_streams++];
    *stream = (struct copied_stream){
        .from = from->index,
        .to = to->index,
        .base = from->time_base,
        .start = (start == AV_NOPTS_VALUE ? 0 : start) +
                 media_ticks_from_ns(copy->from_ns, from->time_base),
        .last = AV_NOPTS_VALUE,
        .earliest_ns = INT64_MIN,
        .subtitles = from->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE,
    };
    error = add_filter(stream, from);
    return error >= 0 || report_failure(copy, error);
}

// The file's own title and so on; not what only its container is about.
static void copy_metadata(struct stream_copy *copy) {
    static const char *const stale[] = {"major_brand", "minor_version", "compatible_brands",
                                        "encoder"};
    av_dict_copy(&copy->output->metadata, copy->input.container->metadata, 0);
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) {
        av_dict_set(&copy->output->metadata, stale[i], NULL, 0);
    }
}

// ---- reading ----

static struct copied_stream *find_stream(struct stream_copy *copy, int index) {
    for (int i = 0; i < copy->n_streams; i++) {
        if (copy->streams[i].from == index) {
            return &copy->streams[i];
        }
    }
    return NULL;
}

static int64_t begin_ns(const struct stream_copy *copy, const AVPacket *packet) {
    const AVStream *stream = copy->input.container->streams[packet->stream_index];
    int64_t ticks = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    int64_t start = media_start_ticks(copy->input.container, stream);
    start = start == AV_NOPTS_VALUE ? 0 : start;
    return ticks == AV_NOPTS_VALUE
               ? 0
               : media_ns_from_ticks(ticks - start, stream->time_base) - copy->from_ns;
}

// Sound from before time 0 is there for decoders only; where the output cannot hold it, it is left
// out rather than everything else shifted.
static bool is_dropped(const struct stream_copy *copy, const struct copied_stream *stream,
                       const AVPacket *packet, int64_t begin) {
    if (copy->from_ns > 0 && begin < 0) {
        return true; // of the file before
    }
    int64_t end = begin + media_ns_from_ticks(packet->duration, stream->base);
    return packet->size == 0 || (begin < stream->earliest_ns && end <= stream->earliest_ns);
}

static bool is_copied(struct stream_copy *copy) {
    const struct copied_stream *stream = find_stream(copy, copy->next->stream_index);
    return stream && !is_dropped(copy, stream, copy->next, begin_ns(copy, copy->next));
}

// Makes next the packet to be written next. False at the end.
static bool fetch(struct stream_copy *copy) {
    while (copy->n_streams && !copy->has_next && !copy->over) {
        int error = media_input_read(&copy->input, copy->next);
        if (error < 0) {
            copy->over = true;
        } else if (copy->next->stream_index == copy->video && copy->limit_ns < INT64_MAX) {
            copy->over = copy->cut = begin_ns(copy, copy->next) > copy->limit_ns + SLACK_NS;
        } else if (is_copied(copy)) {
            copy->has_next = true;
            return true;
        }
        av_packet_unref(copy->next);
    }
    return copy->has_next;
}

// ---- beginning and end ----

// Matroska counts time from 0, but lets Opus say how much of its beginning only warms the decoder
// up. Looking at the first packet tells, for the first sound.
static void declare_delay(struct stream_copy *copy) {
    bool found = !copy->container->negative_times && fetch(copy);
    for (int i = 0; !copy->container->negative_times && i < copy->n_streams; i++) {
        copy->streams[i].earliest_ns = 0;
    }
    if (!found) {
        return;
    }
    struct copied_stream *first = find_stream(copy, copy->next->stream_index);
    AVCodecParameters *parameters = copy->output->streams[first->to]->codecpar;
    int64_t begin = begin_ns(copy, copy->next);
    if (parameters->codec_id == AV_CODEC_ID_OPUS && begin < 0 && begin > -NS_PER_S) {
        parameters->initial_padding = (int)media_ticks_from_ns(-begin, (AVRational){1, 48000});
        first->earliest_ns = begin;
    } else if (is_dropped(copy, first, copy->next, begin)) {
        av_packet_unref(copy->next);
        copy->has_next = false;
    }
}

// A file that cannot be searched is read from its beginning.
static void seek(struct stream_copy *copy) {
    AVFormatContext *container = copy->input.container;
    int64_t start = container->start_time == AV_NOPTS_VALUE ? 0 : container->start_time;
    int64_t at = start + media_ticks_from_ns(copy->from_ns, AV_TIME_BASE_Q);
    if (copy->from_ns > 0) {
        avformat_seek_file(container, -1, INT64_MIN, at, at, 0);
    }
}

bool stream_copy_init(struct stream_copy *copy, const char *path, int64_t from_ns,
                      AVFormatContext *output, const char *name,
                      const struct container *container) {
    *copy = (struct stream_copy){.output = output,
                                 .name = name,
                                 .container = container,
                                 .from_ns = from_ns,
                                 .limit_ns = INT64_MAX};
    if (!media_input_init(&copy->input, path)) {
        return false;
    }
    copy->video = av_find_best_stream(copy->input.container, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    copy->next = av_packet_alloc();
    if (!copy->next) {
        goto fail;
    }
    for (unsigned i = 0; i < copy->input.container->nb_streams; i++) {
        AVStream *stream = copy->input.container->streams[i];
        if (is_wanted(stream) && fits(copy, stream) && !add_stream(copy, stream)) {
            goto fail;
        }
    }
    copy_metadata(copy);
    seek(copy);
    declare_delay(copy);
    return true;
fail:
    stream_copy_finish(copy);
    return false;
}

void stream_copy_finish(struct stream_copy *copy) {
    for (int i = 0; i < copy->n_streams; i++) {
        av_bsf_free(&copy->streams[i].filter);
    }
    copy->n_streams = 0;
    av_packet_free(&copy->next);
    media_input_finish(&copy->input);
}

// ---- writing ----

// Time stamps in the output's unit, strictly rising as muxers demand.
static void place(struct stream_copy *copy, struct copied_stream *stream, AVPacket *packet) {
    AVRational base = copy->output->streams[stream->to]->time_base;
    packet->pts -= packet->pts == AV_NOPTS_VALUE ? 0 : stream->start;
    packet->dts -= packet->dts == AV_NOPTS_VALUE ? 0 : stream->start;
    av_packet_rescale_ts(packet, stream->base, base);
    if (packet->dts == AV_NOPTS_VALUE) {
        packet->dts = packet->pts != AV_NOPTS_VALUE ? packet->pts : 0;
    }
    int64_t lowest = stream->earliest_ns == INT64_MIN
                         ? INT64_MIN
                         : media_ticks_from_ns(stream->earliest_ns, base);
    int64_t least = stream->last == AV_NOPTS_VALUE ? lowest : stream->last + !stream->subtitles;
    packet->dts = packet->dts < least ? least : packet->dts;
    if (packet->pts == AV_NOPTS_VALUE || packet->pts < packet->dts) {
        packet->pts = packet->dts;
    }
    stream->last = packet->dts;
    packet->stream_index = stream->to;
    packet->pos = -1;
}

// In place; one packet gives one. A damaged one is left out.
static bool filter(AVBSFContext *context, AVPacket *packet) {
    return !context || (av_bsf_send_packet(context, packet) >= 0 &&
                        av_bsf_receive_packet(context, packet) >= 0);
}

static int write_packet(struct stream_copy *copy, AVPacket *packet) {
    struct copied_stream *stream = find_stream(copy, packet->stream_index);
    int error = 0;
    if (filter(stream->filter, packet)) {
        place(copy, stream, packet);
        error = av_write_frame(copy->output, packet);
    }
    av_packet_unref(packet);
    return error < 0 ? error : 0;
}

int stream_copy_until(struct stream_copy *copy, int64_t media_ns) {
    while (fetch(copy) && begin_ns(copy, copy->next) <= media_ns) {
        copy->has_next = false;
        int error = write_packet(copy, copy->next);
        if (error < 0) {
            return error;
        }
    }
    return 0;
}

// Packets that wait until it is known whether the video goes on.
struct tail {
    AVPacket **packets;
    size_t n;
};

static int tail_push(struct tail *tail, AVPacket *packet) {
    AVPacket **packets = realloc(tail->packets, (tail->n + 1) * sizeof *packets);
    if (!packets) {
        return AVERROR(ENOMEM);
    }
    tail->packets = packets;
    packets[tail->n] = av_packet_alloc();
    if (!packets[tail->n]) {
        return AVERROR(ENOMEM);
    }
    av_packet_move_ref(packets[tail->n++], packet);
    return 0;
}

static void tail_free(struct tail *tail) {
    for (size_t i = 0; i < tail->n; i++) {
        av_packet_free(&tail->packets[i]);
    }
    free(tail->packets);
}

int stream_copy_rest(struct stream_copy *copy, int64_t end_ns) {
    copy->limit_ns = end_ns;
    struct tail tail = {0};
    int error = 0;
    while (error == 0 && fetch(copy)) {
        copy->has_next = false;
        error = begin_ns(copy, copy->next) <= end_ns ? write_packet(copy, copy->next)
                                                     : tail_push(&tail, copy->next);
    }
    for (size_t i = 0; !copy->cut && error == 0 && i < tail.n; i++) {
        error = write_packet(copy, tail.packets[i]);
    }
    tail_free(&tail);
    return error;
}
