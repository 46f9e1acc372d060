// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/stream_copy.h"

#include "core/base/log.h"
#include "app/video/media_time.h"

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

// Asks the muxer itself: its list of codecs says less (Opus goes into .mp4, but not into .mov).
static bool can_hold(const struct stream_copy *copy, const AVStream *stream) {
    AVFormatContext *trial = NULL;
    const AVOutputFormat *format = copy->output->oformat;
    bool good =
        avformat_query_codec(format, stream->codecpar->codec_id, FF_COMPLIANCE_NORMAL) == 1 &&
        avformat_alloc_output_context2(&trial, NULL, copy->container->muxer, NULL) >= 0;
    AVStream *to = good ? avformat_new_stream(trial, NULL) : NULL;
    good = to && avcodec_parameters_copy(to->codecpar, stream->codecpar) >= 0;
    if (good) {
        to->codecpar->codec_tag = 0;
        to->time_base = stream->time_base;
        good = avio_open_dyn_buf(&trial->pb) >= 0 && avformat_init_output(trial, NULL) >= 0;
    }
    uint8_t *nothing = NULL;
    if (trial && trial->pb) {
        avio_close_dyn_buf(trial->pb, &nothing);
    }
    av_free(nothing);
    avformat_free_context(trial);
    return good;
}

// What becomes of a stream: its codec in the output, AV_CODEC_ID_NONE: it is left out.
static enum AVCodecID choose_codec(const struct stream_copy *copy, const AVStream *stream) {
    enum AVCodecID id = stream->codecpar->codec_id;
    if (copy->n_streams == MAX_COPIED) {
        return AV_CODEC_ID_NONE;
    }
    bool known = can_hold(copy, stream);
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
        return known ? id : copy->container->sound;
    }
    bool text = recode_text_is_text(id);
    if (known && (!copy->container->fragments || text)) {
        return id;
    }
    return text ? copy->container->subtitles : AV_CODEC_ID_NONE;
}

static void report_loss(const struct stream_copy *copy, const AVStream *stream) {
    const AVCodecParameters *parameters = stream->codecpar;
    bool audio = parameters->codec_type == AVMEDIA_TYPE_AUDIO;
    if (copy->from_ns > 0) {
        return; // said of the first file
    }
    if (parameters->codec_id == AV_CODEC_ID_NONE) {
        LOG(WARNING, "%s: %s of a kind that this FFmpeg does not know (%s) cannot be kept",
            copy->name, audio ? "sound" : "subtitles", av_fourcc2str(parameters->codec_tag));
        return;
    }
    bool mkv = strcmp(copy->container->extension, ".mkv") == 0;
    LOG(WARNING, "%s: the %s (%s) cannot be kept in this kind of file%s%s", copy->name,
        audio ? "sound" : "subtitles", avcodec_get_name(parameters->codec_id),
        mkv ? "" : "; record to .mkv to keep ",
        mkv     ? ""
        : audio ? "it"
                : "them");
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

// Encoded again as the codec; returns an error of FFmpeg or 0.
static int add_recoder(struct copied_stream *stream, const AVStream *from, enum AVCodecID codec,
                       AVCodecParameters *parameters) {
    if (stream->subtitles) {
        stream->text = calloc(1, sizeof *stream->text);
        return stream->text ? recode_text_init(stream->text, from, codec, parameters)
                            : AVERROR(ENOMEM);
    }
    stream->sound = calloc(1, sizeof *stream->sound);
    return stream->sound ? recode_sound_init(stream->sound, from, codec, parameters)
                         : AVERROR(ENOMEM);
}

// Packets rewritten, encoded again, or as they are.
static int fill_parameters(struct stream_copy *copy, struct copied_stream *stream,
                           const AVStream *from, enum AVCodecID codec,
                           AVCodecParameters *parameters) {
    enum AVCodecID id = from->codecpar->codec_id;
    int error = 0;
    if (codec != id) {
        error = add_recoder(stream, from, codec, parameters);
        if (error >= 0 && !stream->subtitles && copy->from_ns == 0) {
            LOG(INFO, "%s: the sound becomes %s: this kind of file cannot hold %s", copy->name,
                codec == AV_CODEC_ID_OPUS ? "Opus" : "AAC", avcodec_get_name(id));
        }
    } else {
        error = avcodec_parameters_copy(parameters, from->codecpar);
        error = error < 0 ? error : add_filter(stream, from);
    }
    parameters->codec_tag = 0; // the container's own name for the codec
    return error;
}

static AVStream *new_stream(AVFormatContext *output, const AVStream *from, AVRational base) {
    AVStream *to = avformat_new_stream(output, NULL);
    if (to && av_dict_copy(&to->metadata, from->metadata, 0) >= 0) {
        av_dict_set(&to->metadata, "DURATION", NULL, 0); // Matroska writes its own
        const AVDictionaryEntry *title = av_dict_get(from->metadata, "title", NULL, 0);
        bool mp4 =
            strcmp(output->oformat->name, "mp4") == 0 || strcmp(output->oformat->name, "mov") == 0;
        if (title && mp4) { // what it has for titles
            av_dict_set(&to->metadata, "handler_name", title->value, 0);
        }
        to->time_base = base;
        to->disposition = from->disposition;
    }
    return to;
}

static void finish_stream(struct copied_stream *stream) {
    av_bsf_free(&stream->filter);
    if (stream->text) {
        recode_text_finish(stream->text);
    }
    if (stream->sound) {
        recode_sound_finish(stream->sound);
    }
    for (int i = 0; i < stream->n_kept; i++) {
        av_packet_free(&stream->kept[i]);
    }
    avcodec_parameters_free(&stream->parameters);
    free(stream->kept);
    free(stream->text);
    free(stream->sound);
}

static void init_stream(struct stream_copy *copy, struct copied_stream *stream,
                        const AVStream *from) {
    int64_t start = media_start_ticks(copy->input.container, from);
    *stream = (struct copied_stream){
        .from = from->index,
        .to = -1,
        .base = from->time_base,
        .start = (start == AV_NOPTS_VALUE ? 0 : start) +
                 media_ticks_from_ns(copy->from_ns, from->time_base),
        .last = AV_NOPTS_VALUE,
        .earliest_ns = INT64_MIN,
        .subtitles = from->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE,
    };
}

// What cannot be encoded again is left out.
static bool add_stream(struct stream_copy *copy, const AVStream *from) {
    enum AVCodecID codec = choose_codec(copy, from);
    struct copied_stream stream;
    init_stream(copy, &stream, from);
    AVCodecParameters *parameters = avcodec_parameters_alloc();
    if (!parameters) {
        return report_failure(copy, AVERROR(ENOMEM));
    }
    int error = AVERROR_ENCODER_NOT_FOUND;
    if (codec != AV_CODEC_ID_NONE) {
        error = fill_parameters(copy, &stream, from, codec, parameters);
    }
    if (error < 0 && (codec != from->codecpar->codec_id || codec == AV_CODEC_ID_NONE)) {
        report_loss(copy, from);
        finish_stream(&stream);
        avcodec_parameters_free(&parameters);
        return true;
    }
    if (error >= 0 && stream.subtitles && copy->container->fragments) {
        stream.parameters = parameters;
        copy->streams[copy->n_streams++] = stream;
        return true;
    }
    AVRational base = stream.sound ? stream.sound->encoder->time_base : from->time_base;
    AVStream *to = error < 0 ? NULL : new_stream(copy->output, from, base);
    error = error < 0 ? error
            : to      ? avcodec_parameters_copy(to->codecpar, parameters)
                      : AVERROR(ENOMEM);
    avcodec_parameters_free(&parameters);
    stream.to = to ? to->index : -1;
    copy->streams[copy->n_streams++] = stream;
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
        finish_stream(&copy->streams[i]);
    }
    copy->n_streams = 0;
    av_packet_free(&copy->next);
    media_input_finish(&copy->input);
}

// ---- writing ----

static AVRational output_base(const struct stream_copy *copy, const struct copied_stream *stream) {
    return stream->to < 0 ? (AVRational){1, 1000} : copy->output->streams[stream->to]->time_base;
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
        error = av_write_frame(copy->output, out);
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
                                   : av_write_frame(copy->output, packet);
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
            AVStream *to = new_stream(whole, from, (AVRational){1, 1000});
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
