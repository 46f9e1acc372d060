// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/event_subtitles.h"

#include "app/video/media_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// How an MP4's subtitles look, 3GPP TS 26.245, 5.16: at the bottom in the middle, white, one font.
static const uint8_t mov_text_style[] = {
    0, 0, 0, 0,  1,   0xff,                               // flags, justification
    0, 0, 0, 0,  0,   0,    0,   0,   0,   0,   0,   0,   // background, box
    0, 0, 0, 0,  0,   1,    0,   18,  255, 255, 255, 255, // style of all: font 1, size, colour
    0, 0, 0, 18, 'f', 't',  'a', 'b', 0,   1,   0,   1,   5, 'S', 'e', 'r', 'i', 'f',
};

void event_subtitles_finish(struct event_subtitles *subtitles) {
    free(subtitles->items);
    free(subtitles->chapters);
    *subtitles = (struct event_subtitles){0};
}

// ---- taking down ----

static struct event_subtitle *append(struct event_subtitles *subtitles) {
    if (subtitles->n == subtitles->n_allocated) {
        size_t n = subtitles->n ? 2 * subtitles->n : 64;
        struct event_subtitle *items = realloc(subtitles->items, n * sizeof *items);
        if (!items) {
            return NULL;
        }
        subtitles->items = items;
        subtitles->n_allocated = n;
    }
    subtitles->items[subtitles->n] = (struct event_subtitle){.duration_ns = SUBTITLE_NS};
    return &subtitles->items[subtitles->n++];
}

static bool describe(const struct smile_event *event, char *text, size_t size) {
    switch (event->kind) {
    case EVENT_FACE_ENTER:
        return snprintf(text, size, "face %d is here", event->face) > 0;
    case EVENT_FACE_LEAVE:
        return snprintf(text, size, "face %d has gone", event->face) > 0;
    case EVENT_SMILE_START:
        return snprintf(text, size, "face %d smiles", event->face) > 0;
    case EVENT_SMILE_END:
        return snprintf(text, size, "face %d has smiled for %.1f s", event->face,
                        event->duration_s) > 0;
    case EVENT_CAMERA_LOST:
    case EVENT_CAMERA_BACK:
    case EVENT_CLOSED:
    case EVENT_OPENED:
        return false;
    }
    return false;
}

void event_subtitles_add(struct event_subtitles *subtitles, const struct smile_event *event,
                         int64_t begin_ns, int smile) {
    char text[sizeof subtitles->items->text];
    struct event_subtitle *subtitle = describe(event, text, sizeof text) ? append(subtitles) : NULL;
    if (!subtitle) {
        return;
    }
    int64_t least = subtitles->n > 1 ? subtitle[-1].begin_ns : 0;
    subtitle->begin_ns = begin_ns > least ? begin_ns : least;
    int64_t left_ns = subtitles->end_ns - subtitle->begin_ns;
    subtitle->duration_ns = left_ns > 0 && left_ns < SUBTITLE_NS ? left_ns : SUBTITLE_NS;
    subtitle->smile = event->kind == EVENT_SMILE_START ? smile : 0;
    memcpy(subtitle->text, text, sizeof text);
}

// ---- subtitles ----

int event_subtitles_add_stream(struct event_subtitles *subtitles, AVFormatContext *output,
                               enum AVCodecID codec) {
    AVStream *stream = avformat_new_stream(output, NULL);
    if (!stream) {
        return AVERROR(ENOMEM);
    }
    stream->codecpar->codec_type = AVMEDIA_TYPE_SUBTITLE;
    stream->codecpar->codec_id = codec;
    stream->time_base = (AVRational){1, 1000};
    if (codec == AV_CODEC_ID_MOV_TEXT) {
        size_t size = sizeof mov_text_style;
        stream->codecpar->extradata = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE);
        if (!stream->codecpar->extradata) {
            return AVERROR(ENOMEM);
        }
        memcpy(stream->codecpar->extradata, mov_text_style, size);
        stream->codecpar->extradata_size = (int)size;
    }
    av_dict_set(&stream->metadata, "title", "smiles", 0);
    av_dict_set(&stream->metadata, "language", "eng", 0);
    subtitles->stream = stream;
    return 0;
}

// MP4 puts the length before the text.
static int fill_packet(AVPacket *packet, const struct event_subtitle *subtitle,
                       const AVStream *stream) {
    size_t len = strlen(subtitle->text);
    size_t before = stream->codecpar->codec_id == AV_CODEC_ID_MOV_TEXT ? 2 : 0;
    int error = av_new_packet(packet, (int)(before + len));
    if (error < 0) {
        return error;
    }
    if (before) {
        packet->data[0] = (uint8_t)(len >> 8);
        packet->data[1] = (uint8_t)len;
    }
    memcpy(packet->data + before, subtitle->text, len);
    packet->stream_index = stream->index;
    packet->pts = packet->dts = media_ticks_from_ns(subtitle->begin_ns, stream->time_base);
    packet->duration = media_ticks_from_ns(subtitle->duration_ns, stream->time_base);
    packet->flags = AV_PKT_FLAG_KEY;
    return 0;
}

int event_subtitles_write(struct event_subtitles *subtitles, AVFormatContext *output,
                          int64_t until_ns) {
    if (!subtitles->stream || subtitles->n_written == subtitles->n ||
        subtitles->items[subtitles->n_written].begin_ns > until_ns) {
        return 0;
    }
    AVPacket *packet = av_packet_alloc();
    int error = packet ? 0 : AVERROR(ENOMEM);
    while (error >= 0 && subtitles->n_written < subtitles->n &&
           subtitles->items[subtitles->n_written].begin_ns <= until_ns) {
        error = fill_packet(packet, &subtitles->items[subtitles->n_written++], subtitles->stream);
        error = error < 0 ? error : av_write_frame(output, packet);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return error < 0 ? error : 0;
}

static int compare_times(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Every time at which a line comes or goes, in order.
static int64_t *list_times(const struct event_subtitles *subtitles, int64_t end_ns) {
    int64_t *times = malloc((2 * subtitles->n + 1) * sizeof *times);
    for (size_t i = 0; times && i < subtitles->n; i++) {
        times[2 * i] = subtitles->items[i].begin_ns;
        int64_t ends_ns = subtitles->items[i].begin_ns + subtitles->items[i].duration_ns;
        times[2 * i + 1] = ends_ns < end_ns ? ends_ns : end_ns;
    }
    if (times) {
        qsort(times, 2 * subtitles->n, sizeof *times, compare_times);
    }
    return times;
}

static void join_lines(const struct event_subtitles *subtitles, size_t first,
                       struct event_subtitle *joined) {
    size_t used = 0, size = sizeof joined->text;
    for (size_t i = first; i < subtitles->n && subtitles->items[i].begin_ns <= joined->begin_ns;
         i++) {
        const struct event_subtitle *subtitle = &subtitles->items[i];
        if (subtitle->begin_ns + subtitle->duration_ns > joined->begin_ns &&
            used + strlen(subtitle->text) + 2 < size) {
            used += (size_t)snprintf(joined->text + used, size - used, "%s%s", used ? "\n" : "",
                                     subtitle->text);
        }
    }
}

bool event_subtitles_flatten(const struct event_subtitles *subtitles, int64_t end_ns,
                             struct event_subtitles *flat) {
    *flat = (struct event_subtitles){0};
    int64_t *times = list_times(subtitles, end_ns);
    bool good = times != NULL;
    size_t first = 0;
    for (size_t i = 0; good && i + 1 < 2 * subtitles->n; i++) {
        if (times[i + 1] - times[i] < NS_PER_S / 1000) {
            continue; // less than the millisecond that a stream counts
        }
        struct event_subtitle *joined = append(flat);
        good = joined != NULL;
        if (!good) {
            break;
        }
        joined->begin_ns = times[i];
        joined->duration_ns = times[i + 1] - times[i];
        while (subtitles->items[first].begin_ns + SUBTITLE_NS <= times[i]) {
            first++;
        }
        join_lines(subtitles, first, joined);
        flat->n -= joined->text[0] == '\0';
    }
    free(times);
    return good;
}

// ---- chapters ----

static int add_chapter(AVFormatContext *output, int64_t begin_ns, const char *title) {
    AVChapter **chapters =
        av_realloc_array(output->chapters, output->nb_chapters + 1, sizeof *chapters);
    if (!chapters) {
        return AVERROR(ENOMEM);
    }
    output->chapters = chapters;
    AVChapter *chapter = av_mallocz(sizeof *chapter);
    if (!chapter) {
        return AVERROR(ENOMEM);
    }
    chapter->id = output->nb_chapters + 1;
    chapter->time_base = (AVRational){1, 1000};
    chapter->start = media_ticks_from_ns(begin_ns, chapter->time_base);
    chapters[output->nb_chapters++] = chapter;
    return av_dict_set(&chapter->metadata, "title", title, 0);
}

static void end_chapters(AVFormatContext *output, int64_t end_ns) {
    for (unsigned i = 0; i < output->nb_chapters; i++) {
        AVChapter *chapter = output->chapters[i];
        int64_t end = i + 1 < output->nb_chapters ? output->chapters[i + 1]->start
                                                  : media_ticks_from_ns(end_ns, chapter->time_base);
        chapter->end = end > chapter->start ? end : chapter->start + 1;
    }
}

static int compare_chapters(const void *a, const void *b) {
    const struct source_chapter *x = a, *y = b;
    return (x->begin_ns > y->begin_ns) - (x->begin_ns < y->begin_ns);
}

void event_subtitles_take_chapters(struct event_subtitles *subtitles, const AVFormatContext *source,
                                   int64_t from_ns) {
    int64_t start = source->start_time == AV_NOPTS_VALUE ? 0 : source->start_time;
    from_ns += media_ns_from_ticks(start, AV_TIME_BASE_Q);
    subtitles->chapters = calloc((size_t)source->nb_chapters + 1, sizeof *subtitles->chapters);
    for (unsigned i = 0; subtitles->chapters && i < source->nb_chapters; i++) {
        const AVChapter *from = source->chapters[i];
        if (!media_is_time(from->start, from->time_base) ||
            media_ns_from_ticks(from->end, from->time_base) <= from_ns) {
            continue;
        }
        struct source_chapter *chapter = &subtitles->chapters[subtitles->n_chapters++];
        const AVDictionaryEntry *title = av_dict_get(from->metadata, "title", NULL, 0);
        int64_t begin_ns = media_ns_from_ticks(from->start, from->time_base) - from_ns;
        chapter->begin_ns = begin_ns > 0 ? begin_ns : 0;
        snprintf(chapter->title, sizeof chapter->title, "%s", title ? title->value : "");
    }
    if (subtitles->chapters) {
        qsort(subtitles->chapters, subtitles->n_chapters, sizeof *subtitles->chapters,
              compare_chapters);
    }
}

// Adds the chapters of the source that begin up to this time, from number *next on.
static int add_source_chapters(const struct event_subtitles *subtitles, AVFormatContext *output,
                               int64_t until_ns, size_t *next) {
    int error = 0;
    while (error >= 0 && *next < subtitles->n_chapters &&
           subtitles->chapters[*next].begin_ns <= until_ns) {
        const struct source_chapter *chapter = &subtitles->chapters[(*next)++];
        error = add_chapter(output, chapter->begin_ns, chapter->title);
    }
    return error;
}

// Smiles that begin within this share a chapter.
#define TOGETHER_NS (NS_PER_S / 2)

int event_subtitles_set_chapters(const struct event_subtitles *subtitles, AVFormatContext *output,
                                 int64_t end_ns) {
    int error = 0;
    int64_t last_ns = INT64_MIN / 2;
    size_t next = 0;
    for (size_t i = 0; error >= 0 && i < subtitles->n; i++) {
        const struct event_subtitle *subtitle = &subtitles->items[i];
        if (subtitle->smile == 0 || subtitle->begin_ns - last_ns < TOGETHER_NS) {
            continue;
        }
        error = add_source_chapters(subtitles, output, subtitle->begin_ns, &next);
        if (output->nb_chapters == 0 && subtitle->begin_ns > 0) {
            error = add_chapter(output, 0, "before the first smile");
        }
        char title[32];
        snprintf(title, sizeof title, "smile %d", subtitle->smile);
        error = error < 0 ? error : add_chapter(output, subtitle->begin_ns, title);
        last_ns = subtitle->begin_ns;
    }
    error = error < 0 ? error : add_source_chapters(subtitles, output, end_ns - 1, &next);
    end_chapters(output, end_ns);
    return error < 0 ? error : 0;
}
