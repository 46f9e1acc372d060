// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/mp4_defragment.h"

#include "core/base/log.h"
#include "app/video/media_time.h"
#include "app/video/remux.h"
#include "app/system/path_name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rewrite {
    AVFormatContext *input, *output;
    AVPacket *packet;
    struct event_subtitles subtitles; // flat
    struct stream_copy *copied;
    int64_t end_ns;
    char *path, *part, *from_url, *to_url; // part becomes path
};

static char *file_url(const char *path) {
    char *url = NULL;
    return asprintf(&url, "file:%s", path) < 0 ? NULL : url;
}

// realpath: rename must replace the file, not a link to it.
static bool make_names(struct rewrite *rewrite, const char *path) {
    rewrite->path = realpath(path, NULL);
    if (!rewrite->path) {
        return false;
    }
    char part[PATH_MAX];
    rewrite->part = path_part(rewrite->path, part, sizeof part) ? strdup(part) : NULL;
    rewrite->from_url = file_url(rewrite->path);
    rewrite->to_url = rewrite->part ? file_url(rewrite->part) : NULL;
    return rewrite->part && rewrite->from_url && rewrite->to_url;
}

static int add_subtitles(struct rewrite *rewrite, const struct event_subtitles *subtitles,
                         int64_t end_ns) {
    if (subtitles->n == 0) {
        return event_subtitles_set_chapters(subtitles, rewrite->output, end_ns);
    }
    if (!event_subtitles_flatten(subtitles, end_ns, &rewrite->subtitles)) {
        return AVERROR(ENOMEM);
    }
    int error =
        event_subtitles_add_stream(&rewrite->subtitles, rewrite->output, AV_CODEC_ID_MOV_TEXT);
    return error < 0 ? error : event_subtitles_set_chapters(subtitles, rewrite->output, end_ns);
}

static int open_both(struct rewrite *rewrite, const char *muxer,
                     const struct event_subtitles *subtitles, int64_t end_ns) {
    int error = avformat_open_input(&rewrite->input, rewrite->from_url, NULL, NULL);
    error = error < 0 ? error : avformat_find_stream_info(rewrite->input, NULL);
    if (error < 0) {
        return error;
    }
    error = avformat_alloc_output_context2(&rewrite->output, NULL, muxer, rewrite->to_url);
    error = error < 0 ? error : remux_add_streams(rewrite->output, rewrite->input);
    error = error < 0 ? error : stream_copy_add_kept(rewrite->copied, rewrite->output);
    error = error < 0 ? error : add_subtitles(rewrite, subtitles, end_ns);
    error = error < 0 ? error : avio_open(&rewrite->output->pb, rewrite->to_url, AVIO_FLAG_WRITE);
    return error < 0 ? error : avformat_write_header(rewrite->output, NULL);
}

static int write_subtitles(struct rewrite *rewrite, int64_t until_ns) {
    int error = stream_copy_write_kept(rewrite->copied, rewrite->output, until_ns);
    return error < 0 ? error
                     : event_subtitles_write(&rewrite->subtitles, rewrite->output, until_ns);
}

// Pieces do not say how long their last picture stays, and what FFmpeg takes instead is the mean.
static void fill_duration(const struct rewrite *rewrite, AVPacket *packet) {
    const AVStream *stream = rewrite->input->streams[packet->stream_index];
    int64_t left = media_ticks_from_ns(rewrite->end_ns, stream->time_base) - packet->pts;
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && packet->duration == 0 && left > 0 &&
        left < INT32_MAX) {
        packet->duration = left;
    }
}

static int copy_packets(struct rewrite *rewrite) {
    int error;
    while ((error = av_read_frame(rewrite->input, rewrite->packet)) >= 0) {
        int index = rewrite->packet->stream_index;
        AVRational base = rewrite->input->streams[index]->time_base;
        int64_t begin_ns = media_ns_from_ticks(rewrite->packet->dts, base);
        error = write_subtitles(rewrite, begin_ns);
        fill_duration(rewrite, rewrite->packet);
        av_packet_rescale_ts(rewrite->packet, base, rewrite->output->streams[index]->time_base);
        rewrite->packet->pos = -1;
        error = error < 0 ? error : av_write_frame(rewrite->output, rewrite->packet);
        av_packet_unref(rewrite->packet);
        if (error < 0) {
            return error;
        }
    }
    error = error == AVERROR_EOF ? write_subtitles(rewrite, INT64_MAX) : error;
    return error < 0 ? error : av_write_trailer(rewrite->output);
}

// Without it a power cut could leave the new name on an empty file.
static int sync_file(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int error = fd < 0 || fsync(fd) != 0 ? AVERROR(errno) : 0;
    if (fd >= 0) {
        close(fd);
    }
    return error;
}

static int run(struct rewrite *rewrite, const char *path, const char *muxer,
               const struct event_subtitles *subtitles, int64_t end_ns) {
    rewrite->packet = av_packet_alloc();
    if (!rewrite->packet || !make_names(rewrite, path)) {
        return AVERROR(ENOMEM);
    }
    int error = open_both(rewrite, muxer, subtitles, end_ns);
    error = error < 0 ? error : copy_packets(rewrite);
    if (rewrite->output && rewrite->output->pb) {
        int close_error = avio_closep(&rewrite->output->pb);
        error = error < 0 ? error : close_error;
    }
    error = error < 0 ? error : sync_file(rewrite->part);
    if (error >= 0 && rename(rewrite->part, rewrite->path) != 0) {
        error = AVERROR(errno);
    }
    if (error < 0) {
        unlink(rewrite->part);
    }
    return error;
}

void mp4_defragment(const char *path, const char *name, const char *muxer,
                    struct stream_copy *copied, const struct event_subtitles *subtitles,
                    int64_t end_ns) {
    struct rewrite rewrite = {.copied = copied, .end_ns = end_ns};
    int error = run(&rewrite, path, muxer, subtitles, end_ns);
    if (error < 0) {
        LOG(WARNING,
            "%s: stays in pieces, which some players cannot seek in: %s; to mend it make room and "
            "run ffmpeg -i FILE -c copy NEW.mp4",
            name, av_err2str(error));
    }
    av_packet_free(&rewrite.packet);
    avformat_close_input(&rewrite.input);
    avformat_free_context(rewrite.output);
    event_subtitles_finish(&rewrite.subtitles);
    free(rewrite.path);
    free(rewrite.part);
    free(rewrite.from_url);
    free(rewrite.to_url);
}
