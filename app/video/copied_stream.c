// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/copied_stream.h"

#include "core/base/log.h"
#include "app/video/media_time.h"

#include <stdlib.h>
#include <string.h>

// Asks the muxer itself: its list of codecs says less (Opus goes into .mp4, but not into .mov).
static bool can_hold(const struct copy_target *target, const AVStream *stream) {
    AVFormatContext *trial = NULL;
    const AVOutputFormat *format = target->output->oformat;
    bool good =
        avformat_query_codec(format, stream->codecpar->codec_id, FF_COMPLIANCE_NORMAL) == 1 &&
        avformat_alloc_output_context2(&trial, NULL, target->container->muxer, NULL) >= 0;
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
static enum AVCodecID choose_codec(const struct copy_target *target, const AVStream *stream) {
    enum AVCodecID id = stream->codecpar->codec_id;
    bool known = can_hold(target, stream);
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
        return known ? id : target->container->sound;
    }
    bool text = recode_text_is_text(id);
    if (known && (!target->container->fragments || text)) {
        return id;
    }
    return text ? target->container->subtitles : AV_CODEC_ID_NONE;
}

static void report_loss(const struct copy_target *target, const AVStream *stream) {
    const AVCodecParameters *parameters = stream->codecpar;
    bool audio = parameters->codec_type == AVMEDIA_TYPE_AUDIO;
    if (target->from_ns > 0) {
        return; // said of the first file
    }
    if (parameters->codec_id == AV_CODEC_ID_NONE) {
        LOG(WARNING, "%s: %s of a kind that this FFmpeg does not know (%s) cannot be kept",
            target->name, audio ? "sound" : "subtitles", av_fourcc2str(parameters->codec_tag));
        return;
    }
    bool mkv = strcmp(target->container->extension, ".mkv") == 0;
    LOG(WARNING, "%s: the %s (%s) cannot be kept in this kind of file%s%s", target->name,
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
static int fill_parameters(const struct copy_target *target, struct copied_stream *stream,
                           const AVStream *from, enum AVCodecID codec,
                           AVCodecParameters *parameters) {
    enum AVCodecID id = from->codecpar->codec_id;
    int error = 0;
    if (codec != id) {
        error = add_recoder(stream, from, codec, parameters);
        if (error >= 0 && !stream->subtitles && target->from_ns == 0) {
            LOG(INFO, "%s: the sound becomes %s: this kind of file cannot hold %s", target->name,
                codec == AV_CODEC_ID_OPUS ? "Opus" : "AAC", avcodec_get_name(id));
        }
    } else {
        error = avcodec_parameters_copy(parameters, from->codecpar);
        error = error < 0 ? error : add_filter(stream, from);
    }
    parameters->codec_tag = 0; // the container's own name for the codec
    return error;
}

AVStream *copied_stream_new(AVFormatContext *output, const AVStream *from, AVRational base) {
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

void copied_stream_finish(struct copied_stream *stream) {
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
    *stream = (struct copied_stream){0};
}

static void init_stream(struct copied_stream *stream, const AVStream *from, int64_t start,
                        const struct copy_target *target) {
    *stream = (struct copied_stream){
        .from = from->index,
        .to = -1,
        .base = from->time_base,
        .start = (start == AV_NOPTS_VALUE ? 0 : start) +
                 media_ticks_from_ns(target->from_ns, from->time_base),
        .last = AV_NOPTS_VALUE,
        .earliest_ns = INT64_MIN,
        .subtitles = from->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE,
    };
}

// A stream of the output, or what is kept for one. Takes the parameters over.
static int add_output(struct copied_stream *stream, const AVStream *from,
                      const struct copy_target *target, AVCodecParameters *parameters) {
    if (stream->subtitles && target->container->fragments) {
        stream->parameters = parameters;
        return 0;
    }
    AVRational base = stream->sound ? stream->sound->encoder->time_base : from->time_base;
    AVStream *to = copied_stream_new(target->output, from, base);
    int error = to ? avcodec_parameters_copy(to->codecpar, parameters) : AVERROR(ENOMEM);
    avcodec_parameters_free(&parameters);
    stream->to = to ? to->index : -1;
    return error;
}

enum copied copied_stream_init(struct copied_stream *stream, const AVStream *from, int64_t start,
                               const struct copy_target *target) {
    enum AVCodecID codec = choose_codec(target, from);
    init_stream(stream, from, start, target);
    AVCodecParameters *parameters = avcodec_parameters_alloc();
    int error = !parameters ? AVERROR(ENOMEM)
                : codec == AV_CODEC_ID_NONE
                    ? AVERROR_ENCODER_NOT_FOUND
                    : fill_parameters(target, stream, from, codec, parameters);
    bool as_it_is = codec != AV_CODEC_ID_NONE && codec == from->codecpar->codec_id;
    if (error >= 0) {
        error = add_output(stream, from, target, parameters);
    } else {
        avcodec_parameters_free(&parameters);
        if (!as_it_is && error != AVERROR(ENOMEM)) {
            report_loss(target, from);
            copied_stream_finish(stream);
            return LEFT_OUT;
        }
    }
    if (error >= 0) {
        return COPIED;
    }
    LOG(ERROR, "%s: the %s cannot be copied: %s; record to another kind of file", target->name,
        stream->subtitles ? "subtitles" : "sound", av_err2str(error));
    copied_stream_finish(stream);
    return NOT_COPIED;
}
