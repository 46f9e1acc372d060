// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// What a recording holds beside the pictures: events as subtitles and chapters, sound copied along.

#include "tests/support/film.h"

#include <libavformat/avformat.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

// ---- events ----

// A face that comes with frame 2 and smiles from frame 15 to 45, told a few frames later.
static void tell(struct analysis *analysis, int number) {
    static const struct {
        int number, at;
        enum smile_event_kind kind;
    } all[] = {{4, 2, EVENT_FACE_ENTER}, {20, 15, EVENT_SMILE_START}, {50, 45, EVENT_SMILE_END}};
    *analysis = (struct analysis){0};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].number == number) {
            double t = (double)film_time(all[i].at) * 1e-9;
            analysis->events[analysis->n_events++] =
                (struct smile_event){.kind = all[i].kind, .t = t, .face = 3, .duration_s = 1.5};
        }
    }
}

static void record_smile(const char *path, bool live) {
    static struct analysis analysis;
    struct record_options options = film_options();
    options.video.live = live;
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    struct frame frame = {0};
    assert_true(image_init(&frame.picture, FILM_WIDTH, FILM_HEIGHT, PIXEL_BGRX32));
    for (int i = 0; i < FILM_FRAMES; i++) {
        if (live && i == FILM_FRAMES - 1) {
            film_wait(sink, i);
        }
        film_draw(&frame.picture, i);
        frame.media_ns = film_time(i);
        tell(&analysis, i);
        if (live && i == 50) { // the camera is gone
            record_add_events(sink, &analysis);
            analysis.n_events = 0;
        }
        assert_true(sink_write(sink, &frame, &analysis));
    }
    assert_true(sink_close(sink));
    image_finish(&frame.picture);
}

// What subtitles say, line by line, and when the line that smiles begins.
static void read_subtitles(AVFormatContext *container, char *text, double *smiles_s) {
    int stream = av_find_best_stream(container, AVMEDIA_TYPE_SUBTITLE, -1, -1, NULL, 0);
    assert_true(stream >= 0);
    bool prefixed = container->streams[stream]->codecpar->codec_id == AV_CODEC_ID_MOV_TEXT;
    AVPacket *packet = av_packet_alloc();
    while (av_read_frame(container, packet) >= 0) {
        int skip = prefixed ? 2 : 0;
        if (packet->stream_index == stream && packet->size > skip) {
            snprintf(text + strlen(text), 256, "%.*s\n", packet->size - skip,
                     (const char *)packet->data + skip);
            if (*smiles_s < 0 && strstr(text, "smiles")) {
                *smiles_s = (double)packet->pts * av_q2d(container->streams[stream]->time_base);
            }
        }
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
}

static void check_notes(const char *name, bool live, const char *wanted) {
    const char *path = scratch_path(name);
    stderr_begin();
    record_smile(path, live);
    stderr_end();
    AVFormatContext *container = NULL;
    assert_int_equal(avformat_open_input(&container, path, NULL, NULL), 0);
    assert_true(avformat_find_stream_info(container, NULL) >= 0);
    double smile_s = (double)film_time(15) * 1e-9, begins_s = -1;
    assert_int_equal(container->nb_chapters, 2);
    const AVChapter *chapter = container->chapters[1];
    assert_string_equal(av_dict_get(chapter->metadata, "title", NULL, 0)->value, "smile 1");
    assert_true(fabs((double)chapter->start * av_q2d(chapter->time_base) - smile_s) < 0.002);
    char text[2048] = "";
    read_subtitles(container, text, &begins_s);
    assert_string_equal(text, wanted);
    assert_true(fabs(begins_s - smile_s) < 0.002);
    avformat_close_input(&container);
}

static void test_events_are_told(void **state) {
    (void)state;
    const char *lines = "face 3 is here\nface 3 smiles\nface 3 has smiled for 1.5 s\n";
    // Each with those that are still there.
    const char *flat = "face 3 is here\n"
                       "face 3 is here\nface 3 smiles\n"
                       "face 3 is here\nface 3 smiles\nface 3 has smiled for 1.5 s\n"
                       "face 3 smiles\nface 3 has smiled for 1.5 s\n"
                       "face 3 has smiled for 1.5 s\n";
    check_notes("told.mkv", false, lines);
    check_notes("told.webm", false, lines);
    check_notes("told.mp4", false, flat);
    check_notes("told.mov", false, flat);
}

// Also those of frames for which there was no time, and of moments without a frame.
static void test_no_event_is_dropped(void **state) {
    (void)state;
    check_notes("live.mkv", true, "face 3 is here\nface 3 smiles\nface 3 has smiled for 1.5 s\n");
}

// ---- sound ----

static int count_sound(const char *path) {
    AVFormatContext *container = NULL;
    assert_int_equal(avformat_open_input(&container, path, NULL, NULL), 0);
    assert_true(avformat_find_stream_info(container, NULL) >= 0);
    int stream = av_find_best_stream(container, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0), n = 0;
    AVPacket *packet = av_packet_alloc();
    while (av_read_frame(container, packet) >= 0) {
        n += packet->stream_index == stream;
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    avformat_close_input(&container);
    return n;
}

// Copies a clip; stops after so many frames.
static void annotate(const char *clip, const char *path, int most) {
    struct source *source = film_open(clip);
    assert_non_null(source);
    const struct source_info *info = &source->info;
    struct record_options options = {.video = {.width = info->width,
                                               .height = info->height,
                                               .rate_hz = info->rate_hz,
                                               .time_base_num = info->time_base_num,
                                               .time_base_den = info->time_base_den,
                                               .copy_from = clip}};
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    struct frame frame = {0};
    for (int n = 0; n < most && source->driver->read(source, &frame) == SOURCE_FRAME; n++) {
        assert_true(sink_write(sink, &frame, &film_nothing));
    }
    assert_true(sink_close(sink));
    image_finish(&frame.picture);
    source->driver->destroy(source);
}

static const char *find_clip(void) {
    static char clip[4096];
    const char *data = getenv("SMILECAM_DATA");
    snprintf(clip, sizeof clip, "%s/clips/stage_faces.mp4", data ? data : "");
    if (access(clip, R_OK) != 0) {
        print_message(
            "SKIPPED: clips/stage_faces.mp4 is not in the folder that SMILECAM_DATA names\n");
        skip();
    }
    return clip;
}

static void test_sound_is_kept(void **state) {
    (void)state;
    const char *clip = find_clip();
    static const char *const names[] = {"sound.mkv", "sound.mp4"};
    static struct film_reading in, out;
    film_read_path(clip, &in, false);
    assert_int_equal(in.n, 275);
    for (int i = 0; i < 2; i++) {
        const char *path = scratch_path(names[i]);
        annotate(clip, path, 100000);
        assert_int_equal(count_sound(path), count_sound(clip));
        film_read_path(path, &out, false);
        assert_int_equal(out.n, in.n);
        for (int k = 0; k < in.n; k++) {
            int64_t off = llabs(out.times[k] - in.times[k]);
            assert_true(off <= (i ? 0 : 500000)); // Matroska counts milliseconds
        }
    }
}

static void test_sound_ends_with_the_pictures(void **state) {
    (void)state;
    const char *clip = find_clip(), *path = scratch_path("stopped.mkv");
    annotate(clip, path, 100);
    int sound = count_sound(path);
    assert_in_range(sound, 100, count_sound(clip) / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_are_told),
        cmocka_unit_test(test_no_event_is_dropped),
        cmocka_unit_test(test_sound_is_kept),
        cmocka_unit_test(test_sound_ends_with_the_pictures),
    };
    return cmocka_run_group_tests(tests, film_setup, film_teardown);
}
