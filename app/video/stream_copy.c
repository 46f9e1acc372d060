// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/stream_copy.h"

#include "core/base/log.h"
#include "app/video/copied_stream.h"
#include "app/video/media_time.h"

#include <stdlib.h>
#include <string.h>

// A picture this far behind the last one recorded shows that the recording ended early, and not
// only that the last pictures were damaged.
#define SLACK_NS (NS_PER_S / 2)

static bool is_wanted(const AVStream *stream) {
    enum AVMediaType type = stream->codecpar->codec_type;
    return type == AVMEDIA_TYPE_AUDIO || type == AVMEDIA_TYPE_SUBTITLE;
}

// The file's own title and so on; not what only its container is about.
static void copy_metadata(struct stream_copy *copy) {
    static const char *const stale[] = {"major_brand", "minor_version", "compatible_brands",
                                        "encoder"};
    av_dict_copy(&copy->target.output->metadata, copy->input.container->metadata, 0);
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) {
        av_dict_set(&copy->target.output->metadata, stale[i], NULL, 0);
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
               : media_ns_from_ticks(ticks - start, stream->time_base) - copy->target.from_ns;
}

// Sound from before time 0 is there for decoders only; where the output cannot hold it, it is left
// out rather than everything else shifted.
static bool is_dropped(const struct stream_copy *copy, const struct copied_stream *stream,
                       const AVPacket *packet, int64_t begin) {
    if (copy->target.from_ns > 0 && begin < 0) {
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
    bool found = !copy->target.container->negative_times && fetch(copy);
    for (int i = 0; !copy->target.container->negative_times && i < copy->n_streams; i++) {
        const struct recode_sound *sound = copy->streams[i].sound;
        int padding = sound ? sound->encoder->initial_padding : 0;
        copy->streams[i].earliest_ns =
            sound ? -media_ns_from_ticks(padding, sound->encoder->time_base) : 0;
    }
    if (!found) {
        return;
    }
    struct copied_stream *first = find_stream(copy, copy->next->stream_index);
    if (first->sound) {
        return;
    }
    AVCodecParameters *parameters = copy->target.output->streams[first->to]->codecpar;
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
    int64_t at = start + media_ticks_from_ns(copy->target.from_ns, AV_TIME_BASE_Q);
    if (copy->target.from_ns > 0) {
        avformat_seek_file(container, -1, INT64_MIN, at, at, 0);
    }
}

static bool add_stream(struct stream_copy *copy, const AVStream *from) {
    if (copy->n_streams == MAX_COPIED) {
        LOG(WARNING, "%s: only %d tracks of sound and subtitles are kept, track %d is not",
            copy->target.name, MAX_COPIED, from->index);
        return true;
    }
    int64_t start = media_start_ticks(copy->input.container, from);
    enum copied copied =
        copied_stream_init(&copy->streams[copy->n_streams], from, start, &copy->target);
    copy->n_streams += copied == COPIED;
    return copied != NOT_COPIED;
}

bool stream_copy_init(struct stream_copy *copy, const char *path, int64_t from_ns,
                      AVFormatContext *output, const char *name,
                      const struct container *container) {
    *copy =
        (struct stream_copy){.target = {output, name, container, from_ns}, .limit_ns = INT64_MAX};
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
        if (is_wanted(stream) && !add_stream(copy, stream)) {
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
        copied_stream_finish(&copy->streams[i]);
    }
    copy->n_streams = 0;
    av_packet_free(&copy->next);
    media_input_finish(&copy->input);
}

// ---- writing ----

static AVRational output_base(const struct stream_copy *copy, const struct copied_stream *stream) {
    return stream->to < 0 ? (AVRational){1, 1000}
                          : copy->target.output->streams[stream->to]->time_base;
}

static void start_at_0(const struct copied_stream *stream, AVPacket *packet) {
    packet->pts -= packet->pts == AV_NOPTS_VALUE ? 0 : stream->start;
    packet->dts -= packet->dts == AV_NOPTS_VALUE ? 0 : stream->start;
}

// Time stamps in the output's unit, strictly rising as muxers demand.
static void place(struct stream_copy *copy, struct copied_stream *stream, AVPacket *packet,
                  AVRational from) {
    AVRational base = output_base(copy, stream);
    av_packet_rescale_ts(packet, from, base);
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

static int push_packet(AVPacket ***packets, int *n, AVPacket *packet) {
    AVPacket **more = realloc(*packets, ((size_t)*n + 1) * sizeof *more);
    if (!more) {
        return AVERROR(ENOMEM);
    }
    *packets = more;
    more[*n] = av_packet_alloc();
    if (!more[*n]) {
        return AVERROR(ENOMEM);
    }
    av_packet_move_ref(more[(*n)++], packet);
    return 0;
}

// packet NULL: no more will come.
static int write_recoded(struct stream_copy *copy, struct copied_stream *stream,
                         const AVPacket *packet) {
    AVPacket *out = av_packet_alloc();
    int error = out ? recode_sound_send(stream->sound, packet) : AVERROR(ENOMEM);
    while (error >= 0 && (error = recode_sound_receive(stream->sound, out)) >= 0) {
        place(copy, stream, out, stream->sound->encoder->time_base);
        error = av_write_frame(copy->target.output, out);
        av_packet_unref(out);
    }
    av_packet_free(&out);
    return error == AVERROR(EAGAIN) || error == AVERROR_EOF ? 0 : error;
}

static int write_packet(struct stream_copy *copy, AVPacket *packet) {
    struct copied_stream *stream = find_stream(copy, packet->stream_index);
    int error = 0;
    start_at_0(stream, packet);
    if (stream->sound) {
        error = write_recoded(copy, stream, packet);
    } else if (filter(stream->filter, packet) &&
               (!stream->text || recode_text_packet(stream->text, packet))) {
        place(copy, stream, packet, stream->base);
        error = stream->parameters ? push_packet(&stream->kept, &stream->n_kept, packet)
                                   : av_write_frame(copy->target.output, packet);
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

int stream_copy_rest(struct stream_copy *copy, int64_t end_ns) {
    copy->limit_ns = end_ns;
    AVPacket **tail = NULL; // waits until it is known whether the video goes on
    int n = 0, error = 0;
    while (error == 0 && fetch(copy)) {
        copy->has_next = false;
        error = begin_ns(copy, copy->next) <= end_ns ? write_packet(copy, copy->next)
                                                     : push_packet(&tail, &n, copy->next);
    }
    for (int i = 0; i < n; i++) {
        error = !copy->cut && error == 0 ? write_packet(copy, tail[i]) : error;
        av_packet_free(&tail[i]);
    }
    free(tail);
    return error;
}

int stream_copy_flush(struct stream_copy *copy) {
    int error = 0;
    for (int i = 0; i < copy->n_streams && error >= 0; i++) {
        if (copy->streams[i].sound) {
            error = write_recoded(copy, &copy->streams[i], NULL);
        }
    }
    return error < 0 ? error : 0;
}

// ---- what is kept ----

int stream_copy_add_kept(struct stream_copy *copy, AVFormatContext *whole) {
    int error = 0;
    for (int i = 0; i < copy->n_streams && error >= 0; i++) {
        struct copied_stream *stream = &copy->streams[i];
        if (stream->parameters && stream->n_kept > 0) {
            const AVStream *from = copy->input.container->streams[stream->from];
            AVStream *to = copied_stream_new(whole, from, (AVRational){1, 1000});
            error =
                to ? avcodec_parameters_copy(to->codecpar, stream->parameters) : AVERROR(ENOMEM);
            stream->to = to ? to->index : -1;
        }
    }
    return error < 0 ? error : 0;
}

int stream_copy_write_kept(struct stream_copy *copy, AVFormatContext *whole, int64_t media_ns) {
    int error = 0;
    for (int i = 0; i < copy->n_streams; i++) {
        struct copied_stream *stream = &copy->streams[i];
        while (error >= 0 && stream->n_written < stream->n_kept) {
            AVPacket *packet = stream->kept[stream->n_written];
            if (media_ns_from_ticks(packet->pts, (AVRational){1, 1000}) > media_ns) {
                break;
            }
            packet->stream_index = stream->to;
            av_packet_rescale_ts(packet, (AVRational){1, 1000},
                                 whole->streams[stream->to]->time_base);
            error = av_write_frame(whole, packet);
            stream->n_written++;
        }
    }
    return error < 0 ? error : 0;
}
