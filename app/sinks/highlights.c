// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/highlights.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "app/video/media_time.h"
#include "app/system/path_name.h"
#include "app/video/container.h"
#include "app/sinks/event_subtitles.h"
#include "app/video/remux.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Clips this near to one another would overlap, as each begins at a keyframe.
#define APART_NS NS_PER_S

// Sound lies at most this far behind the frames of its time in a file.
#define LAG_NS NS_PER_S

// ---- which ----

static void begin_clip(struct highlights *highlights, int64_t media_ns) {
    int64_t begin_ns = media_ns > highlights->around_ns ? media_ns - highlights->around_ns : 0;
    int n = highlights->n;
    if (n > 0 && begin_ns - APART_NS <= highlights->clips[n - 1].end_ns) {
        highlights->clips[n - 1].end_ns = INT64_MAX;
        return;
    }
    struct clip *clips = realloc(highlights->clips, ((size_t)n + 1) * sizeof *clips);
    if (clips) {
        clips[n] = (struct clip){begin_ns, INT64_MAX};
        highlights->clips = clips;
        highlights->n++;
    }
}

void highlights_add_event(struct highlights *highlights, const struct smile_event *event,
                          int64_t media_ns) {
    if (event->kind == EVENT_SMILE_START && highlights->n_smiling++ == 0) {
        begin_clip(highlights, media_ns);
    } else if (event->kind == EVENT_SMILE_END && highlights->n_smiling > 0 &&
               --highlights->n_smiling == 0 && highlights->n > 0) {
        highlights->clips[highlights->n - 1].end_ns = media_ns + highlights->around_ns;
    }
}

void highlights_restart(struct highlights *highlights) {
    highlights->clips = NULL;
    highlights->n = 0;
    if (highlights->n_smiling > 0) {
        begin_clip(highlights, 0);
    }
}

void highlights_finish(struct highlights *highlights) {
    free(highlights->clips);
    *highlights = (struct highlights){0};
}

// ---- cutting ----

struct cut {
    AVFormatContext *input, *output;
    AVPacket *packet;
    int video;
    int64_t at_ns; // in the output, where the present clip begins
    struct event_subtitles chapters;
};

static int open_both(struct cut *cut, const char *path, const char *name) {
    char url[PATH_MAX + 8];
    snprintf(url, sizeof url, "file:%s", path);
    int error = avformat_open_input(&cut->input, url, NULL, NULL);
    error = error < 0 ? error : avformat_find_stream_info(cut->input, NULL);
    if (error < 0) {
        return error;
    }
    cut->video = av_find_best_stream(cut->input, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    snprintf(url, sizeof url, "file:%s", name);
    const char *muxer = container_of_path(path)->muxer;
    error = avformat_alloc_output_context2(&cut->output, NULL, muxer, url);
    error = error < 0 ? error : remux_add_streams(cut->output, cut->input);
    error = error < 0 ? error : avio_open(&cut->output->pb, url, AVIO_FLAG_WRITE);
    cut->packet = av_packet_alloc();
    error = error < 0 ? error : cut->packet ? 0 : AVERROR(ENOMEM);
    return error < 0 ? error : avformat_write_header(cut->output, NULL);
}

static int write_shifted(struct cut *cut, int64_t shift_ns) {
    AVPacket *packet = cut->packet;
    const AVStream *from = cut->input->streams[packet->stream_index];
    int64_t shift = media_ticks_from_ns(shift_ns, from->time_base);
    packet->pts += shift;
    packet->dts += packet->dts == AV_NOPTS_VALUE ? 0 : shift;
    packet->pos = -1;
    packet->stream_index = remux_index(cut->input, packet->stream_index);
    av_packet_rescale_ts(packet, from->time_base,
                         cut->output->streams[packet->stream_index]->time_base);
    return av_interleaved_write_frame(cut->output, packet);
}

// Copies a clip; what comes next in the output begins behind it.
static int copy_clip(struct cut *cut, const struct clip *clip) {
    int64_t from_us = clip->begin_ns / 1000, start_ns = -1, last_ns = 0;
    int error = avformat_seek_file(cut->input, -1, INT64_MIN, from_us, from_us, 0);
    while (error >= 0 && (error = av_read_frame(cut->input, cut->packet)) >= 0) {
        AVPacket *packet = cut->packet;
        const AVStream *stream = cut->input->streams[packet->stream_index];
        bool video = packet->stream_index == cut->video;
        int64_t begin_ns = media_ns_from_ticks(packet->pts, stream->time_base);
        if (video && start_ns < 0 && packet->flags & AV_PKT_FLAG_KEY) {
            start_ns = begin_ns;
        }
        bool over = video && begin_ns - LAG_NS >= clip->end_ns;
        if (packet->pts != AV_NOPTS_VALUE && remux_index(cut->input, packet->stream_index) >= 0 &&
            start_ns >= 0 && begin_ns >= start_ns && begin_ns < clip->end_ns) {
            int64_t end_ns = begin_ns + media_ns_from_ticks(packet->duration, stream->time_base);
            bool subtitles = stream->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE;
            last_ns = !subtitles && end_ns > last_ns ? end_ns : last_ns;
            if (subtitles && end_ns > clip->end_ns) { // not into the next clip
                packet->duration = media_ticks_from_ns(clip->end_ns - begin_ns, stream->time_base);
            }
            error = write_shifted(cut, cut->at_ns - start_ns);
        }
        av_packet_unref(packet);
        if (over) {
            break;
        }
    }
    cut->at_ns += start_ns >= 0 && last_ns > start_ns ? last_ns - start_ns : 0;
    return error == AVERROR_EOF || error >= 0 ? 0 : error;
}

static int copy_clips(struct cut *cut, const struct highlights *highlights) {
    int error = 0;
    for (int i = 0; error >= 0 && i < highlights->n; i++) {
        struct smile_event smile = {.kind = EVENT_SMILE_START};
        event_subtitles_add(&cut->chapters, &smile, cut->at_ns, i + 1);
        error = copy_clip(cut, &highlights->clips[i]);
    }
    if (error >= 0) {
        error = event_subtitles_set_chapters(&cut->chapters, cut->output, cut->at_ns);
    }
    return error < 0 ? error : av_write_trailer(cut->output);
}

bool highlights_name(const char *path, char *name, size_t size) {
    return path_insert(path, "-smiles", name, size);
}

bool highlights_write(const struct highlights *highlights, const char *path, const char *name,
                      const char *out) {
    struct cut cut = {0};
    if (highlights->n == 0) {
        return true;
    }
    int error = open_both(&cut, path, out);
    error = error < 0 ? error : copy_clips(&cut, highlights);
    if (cut.output && cut.output->pb) {
        int close_error = avio_closep(&cut.output->pb);
        error = error < 0 ? error : close_error;
        if (error < 0) {
            file_remove(out);
        }
    }
    av_packet_free(&cut.packet);
    avformat_close_input(&cut.input);
    avformat_free_context(cut.output);
    event_subtitles_finish(&cut.chapters);
    if (error < 0) {
        LOG(ERROR, "%s: its smiles cannot be cut out: %s; the recording itself is complete", name,
            av_err2str(error));
    }
    return error >= 0;
}
