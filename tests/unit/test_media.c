// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// What record writes is read back by source_file: count, time stamps, size, pictures, and what
// happens when files are damaged or cannot be written.

#include "../../app/media_time.h"
#include "../../app/sinks/record.h"
#include "../../app/sources/source.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WIDTH 320
#define HEIGHT 240
#define N_FRAMES 75
#define TICKS_PER_S 90000

static struct analysis nothing;

// ---- pictures that know their number ----

// Eight blocks along the top, black or white: the number in binary. Below, a gradient that moves.
static void draw(struct image *picture, int number) {
    int block = picture->width / 8;
    for (int y = 0; y < picture->height; y++) {
        uint8_t *row = picture->data + y * picture->stride;
        for (int x = 0; x < picture->width; x++, row += 4) {
            int bit = number >> (x / block > 7 ? 7 : x / block) & 1;
            bool top = y < picture->height / 4;
            row[0] = top ? 255 * bit : (uint8_t)(128 + (x + number) / 8);
            row[1] = top ? 255 * bit : (uint8_t)(64 + (y + 2 * number) / 4);
            row[2] = top ? 255 * bit : (uint8_t)(200 - (x + y) / 8);
        }
    }
}

static int read_number(const struct image *picture) {
    int number = 0, block = picture->width / 8;
    for (int i = 0; i < 8; i++) {
        const uint8_t *pixel = picture->data + picture->height / 8 * picture->stride +
                               (ptrdiff_t)(i * block + block / 2) * 4;
        number |= (pixel[1] > 127) << i;
    }
    return number;
}

static double difference(const struct image *a, const struct image *b) {
    double sum = 0;
    for (int y = 0; y < a->height; y++) {
        for (int i = 0; i < 4 * a->width; i++) {
            sum += i % 4 == 3 ? 0 : abs(a->data[y * a->stride + i] - b->data[y * b->stride + i]);
        }
    }
    return sum / (3.0 * a->width * a->height);
}

// A camera that is now faster, now slower.
static int64_t ticks_of(int number) {
    return number * 3003 + number % 5 * 211 + (number > 30 ? 20000 : 0);
}

static int64_t time_of(int number) {
    return media_ns_from_ticks(ticks_of(number), (AVRational){1, TICKS_PER_S});
}

// ---- recording and reading back ----

static struct record_options plain_options(void) {
    return (struct record_options){.width = WIDTH,
                                   .height = HEIGHT,
                                   .rate_hz = 30,
                                   .time_base_num = 1,
                                   .time_base_den = TICKS_PER_S};
}

static void write_frames(struct sink *sink, int n, int width, int height) {
    struct frame frame = {0};
    assert_true(image_init(&frame.picture, width, height, PIXEL_BGRX32));
    for (int i = 0; i < n; i++) {
        draw(&frame.picture, i);
        frame.media_ns = time_of(i);
        frame.number = (uint64_t)i;
        assert_true(sink_write(sink, &frame, &nothing));
    }
    image_finish(&frame.picture);
}

static const char *record(const char *name, struct record_options options) {
    const char *path = scratch_path(name);
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    write_frames(sink, N_FRAMES, options.width, options.height);
    assert_int_equal(record_get_counts(sink).dropped, 0);
    assert_true(sink_close(sink));
    return path;
}

static struct source *open_file(const char *path) {
    return source_file.create(path, &(struct source_options){0});
}

struct reading {
    int n;
    enum source_status status;
    int64_t times[1024];
};

// Reads all of it, checking that each picture is the one of its number.
static void read_all(struct source *source, struct reading *reading, bool check) {
    struct frame frame = {0};
    struct image wanted = {0};
    assert_true(image_init(&wanted, source->info.width, source->info.height, PIXEL_BGRX32));
    reading->n = 0;
    while ((reading->status = source->driver->read(source, &frame)) == SOURCE_FRAME) {
        assert_in_range(reading->n, 0, 1023);
        if (check) {
            draw(&wanted, reading->n);
            assert_int_equal(read_number(&frame.picture), reading->n);
            assert_true(difference(&wanted, &frame.picture) < 4);
        }
        assert_int_equal(frame.number, reading->n);
        reading->times[reading->n++] = frame.media_ns;
    }
    image_finish(&wanted);
    image_finish(&frame.picture);
}

static void read_path(const char *path, struct reading *reading, bool check) {
    struct source *source = open_file(path);
    assert_non_null(source);
    read_all(source, reading, check);
    source->driver->destroy(source);
}

// ---- time ----

static void test_ticks_survive_nanoseconds(void **state) {
    (void)state;
    static const AVRational bases[] = {{1, 1000},  {1, 90000}, {1001, 30000}, {1, 11988},
                                       {1, 15360}, {1, 44100}, {1, 1000000},  {1, 12288000}};
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
        for (int64_t ticks = -5; ticks < INT64_C(4000000000);
             ticks += 1 + ticks / 3 + (ticks & 7)) {
            int64_t ns = media_ns_from_ticks(ticks, bases[b]);
            assert_int_equal(media_ticks_from_ns(ns, bases[b]), ticks);
        }
    }
}

static void check_round_trip(const char *name, int unit_den) {
    const char *path = record(name, plain_options());
    struct source *source = open_file(path);
    assert_non_null(source);
    assert_int_equal(source->info.width, WIDTH);
    assert_int_equal(source->info.height, HEIGHT);
    assert_int_equal(source->info.time_base_num, 1);
    assert_int_equal(source->info.time_base_den, unit_den);
    int64_t end = time_of(N_FRAMES - 1) + time_of(N_FRAMES - 1) - time_of(N_FRAMES - 2);
    assert_in_range(source->info.duration_ns, end - NS_PER_S / 500, end + NS_PER_S / 500);
    struct reading reading;
    read_all(source, &reading, true);
    source->driver->destroy(source);
    assert_int_equal(reading.n, N_FRAMES);
    assert_int_equal(reading.status, SOURCE_END);
    for (int i = 0; i < N_FRAMES; i++) {
        AVRational unit = {1, unit_den};
        int64_t kept = media_ns_from_ticks(media_ticks_from_ns(time_of(i), unit), unit);
        assert_int_equal(reading.times[i], kept);
    }
}

static void test_mkv(void **state) {
    (void)state;
    check_round_trip("round.mkv", 1000);
}

static void test_mp4(void **state) {
    (void)state;
    check_round_trip("round.mp4", TICKS_PER_S);
    assert_int_equal(access(scratch_path("round.mp4.part"), F_OK), -1);
}

static void test_mov(void **state) {
    (void)state;
    check_round_trip("round.MOV", TICKS_PER_S);
}

static void test_webm(void **state) {
    (void)state;
    check_round_trip("round.webm", 1000);
}

// ---- shapes ----

static void test_odd_sides_lose_one_pixel(void **state) {
    (void)state;
    struct record_options options = plain_options();
    options.width = WIDTH + 1;
    options.height = HEIGHT + 1;
    struct source *source = open_file(record("odd.mkv", options));
    assert_non_null(source);
    assert_int_equal(source->info.width, WIDTH);
    assert_int_equal(source->info.height, HEIGHT);
    source->driver->destroy(source);
}

static void test_other_sizes_are_fitted(void **state) {
    (void)state;
    struct record_options options = plain_options();
    const char *path = scratch_path("fit.mkv");
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    write_frames(sink, 10, WIDTH / 2, HEIGHT); // black at the left and the right
    assert_true(sink_close(sink));
    struct source *source = open_file(path);
    struct frame frame = {0};
    assert_int_equal(source->driver->read(source, &frame), SOURCE_FRAME);
    assert_int_equal(frame.picture.width, WIDTH);
    const uint8_t *middle = frame.picture.data + HEIGHT * 3 / 4 * frame.picture.stride;
    assert_true(middle[4 * 20 + 2] < 12);
    assert_true(middle[4 * (WIDTH - 20) + 2] < 12);
    assert_true(middle[4 * (WIDTH / 2) + 2] > 100);
    image_finish(&frame.picture);
    source->driver->destroy(source);
}

static void test_mirrored(void **state) {
    (void)state;
    struct record_options options = plain_options();
    options.mirrored = true;
    struct source *source = open_file(record("mirror.mkv", options));
    assert_non_null(source);
    struct frame frame = {0};
    for (int i = 0; i <= 5; i++) {
        assert_int_equal(source->driver->read(source, &frame), SOURCE_FRAME);
    }
    assert_int_equal(read_number(&frame.picture), 0xA0); // 5, from the other end
    image_finish(&frame.picture);
    source->driver->destroy(source);
}

static void test_pixel_aspect_is_kept(void **state) {
    (void)state;
    struct record_options options = plain_options();
    options.aspect_num = 4;
    options.aspect_den = 3;
    struct source *source = open_file(record("aspect.mp4", options));
    assert_non_null(source);
    assert_int_equal(source->info.aspect_num, 4);
    assert_int_equal(source->info.aspect_den, 3);
    source->driver->destroy(source);
}

// ---- damage ----

static void expect_refused(const char *path, const char *about) {
    stderr_begin();
    struct source *source = open_file(path);
    const char *said = stderr_end();
    assert_null(source);
    assert_true(is_one_error(said, path));
    assert_non_null(strstr(said, about));
}

static void test_not_videos(void **state) {
    (void)state;
    const char *text = scratch_path("text.mp4"), *plain = scratch_path("notes.txt");
    const char *empty = scratch_path("empty.mkv"), *list = scratch_path("list.m3u8");
    scratch_write(text, "hello\nthis is text\n", 19);
    scratch_write(plain, "hello\nthis is text\n", 19);
    scratch_write(empty, "", 0);
    static const char playlist[] = "#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n";
    scratch_write(list, playlist, sizeof playlist - 1);
    expect_refused(text, "not a video");
    expect_refused(plain, "not a video");
    expect_refused(empty, "empty");
    expect_refused(list, "");
    expect_refused(scratch_path("missing.mp4"), "No such file");
    expect_refused(scratch_path(""), "folder");
}

static void halve(const char *from, const char *to) {
    size_t n;
    void *bytes = scratch_read(from, &n);
    scratch_write(to, bytes, n / 2);
    free(bytes);
}

static void test_half_an_mp4(void **state) {
    (void)state;
    const char *half = scratch_path("half.mp4");
    halve(record("whole.mp4", plain_options()), half);
    expect_refused(half, "cut off");
}

static void test_half_an_mkv(void **state) {
    (void)state;
    const char *half = scratch_path("half.mkv");
    halve(record("whole.mkv", plain_options()), half);
    struct reading reading;
    stderr_begin();
    read_path(half, &reading, false);
    const char *said = stderr_end();
    assert_in_range(reading.n, N_FRAMES / 4, N_FRAMES - 1);
    assert_int_equal(reading.status, SOURCE_FAILED);
    assert_non_null(strstr(said, "cut short"));
    assert_non_null(strstr(said, half));
}

static void test_garbage_in_the_middle(void **state) {
    (void)state;
    const char *bad = scratch_path("garbage.mkv");
    size_t n;
    uint8_t *bytes = scratch_read(record("good.mkv", plain_options()), &n);
    for (size_t i = n / 2; i < n / 2 + n / 10; i++) {
        bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    }
    scratch_write(bad, bytes, n);
    free(bytes);
    struct reading reading;
    stderr_begin();
    read_path(bad, &reading, false);
    const char *said = stderr_end();
    assert_in_range(reading.n, N_FRAMES / 2, N_FRAMES);
    assert_int_equal(reading.status, reading.n == N_FRAMES && !*said ? SOURCE_END : SOURCE_FAILED);
    assert_true(reading.n == N_FRAMES || strstr(said, "smilecam: warning: "));
}

static void test_interrupt_ends(void **state) {
    (void)state;
    struct source *source = open_file(record("interrupt.mkv", plain_options()));
    assert_non_null(source);
    struct frame frame = {0};
    assert_int_equal(source->driver->read(source, &frame), SOURCE_FRAME);
    source->driver->interrupt(source);
    assert_int_equal(source->driver->read(source, &frame), SOURCE_END);
    image_finish(&frame.picture);
    source->driver->destroy(source);
}

// ---- what cannot be written ----

static void expect_unwritable(const char *path, const struct record_options *options,
                              const char *about) {
    stderr_begin();
    struct sink *sink = record_create(path, options);
    const char *said = stderr_end();
    assert_null(sink);
    assert_true(is_one_error(said, path));
    assert_non_null(strstr(said, about));
}

static void test_unwritable(void **state) {
    (void)state;
    struct record_options options = plain_options();
    expect_unwritable(scratch_path("none/a.mkv"), &options, "No such file");
    expect_unwritable(scratch_path("a.avi"), &options, ".mkv, .mp4, .mov or .webm");
    expect_unwritable(scratch_path("a"), &options, ".mkv, .mp4, .mov or .webm");
    const char *input = record("input.mkv", options);
    options.copy_from = input;
    expect_unwritable(input, &options, "being read");
    assert_int_equal(access(input, F_OK), 0);
}

// A file may grow no further: the same to the program as a full disk.
static void check_full_disk(const char *name) {
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){40000, before.rlim_max};
    const char *path = scratch_path(name);
    struct record_options options = plain_options();
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    struct frame frame = {0};
    assert_true(image_init(&frame.picture, WIDTH, HEIGHT, PIXEL_BGRX32));
    stderr_begin();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool good = true;
    for (int i = 0; i < 1000 && good; i++) {
        draw(&frame.picture, i);
        frame.media_ns = time_of(i);
        good = sink_write(sink, &frame, &nothing);
    }
    bool again = sink_write(sink, &frame, &nothing), closed = sink_close(sink);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    const char *said = stderr_end();
    image_finish(&frame.picture);
    assert_false(good);
    assert_false(again);
    assert_false(closed);
    assert_true(is_one_error(said, path));
    struct reading reading;
    stderr_begin();
    read_path(path, &reading, true);
    stderr_end();
    assert_in_range(reading.n, 10, 1000);
}

static void test_full_disk(void **state) {
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    check_full_disk("full.mkv");
    check_full_disk("full.mp4");
}

static void test_nothing_written(void **state) {
    (void)state;
    static const char *const names[] = {"nothing.mkv", "nothing.mp4", "nothing.webm"};
    struct record_options options = plain_options();
    for (int i = 0; i < 3; i++) {
        struct sink *sink = record_create(scratch_path(names[i]), &options);
        assert_non_null(sink);
        stderr_begin();
        sink_close(sink);
        stderr_end();
    }
}

// ---- live ----

static void test_live_never_loses_count(void **state) {
    (void)state;
    struct record_options options = plain_options();
    options.live = true;
    const char *path = scratch_path("live.mkv");
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    struct frame frame = {0};
    assert_true(image_init(&frame.picture, WIDTH, HEIGHT, PIXEL_BGRX32));
    stderr_begin();
    for (int i = 0; i < N_FRAMES; i++) {
        draw(&frame.picture, i);
        frame.media_ns = 12345 * NS_PER_S + time_of(i);
        assert_true(sink_write(sink, &frame, &nothing));
        usleep(2000);
    }
    int64_t deadline = media_clock_ns() + 20 * NS_PER_S;
    struct record_counts counts;
    do {
        usleep(1000);
        counts = record_get_counts(sink);
    } while (counts.written + counts.dropped < N_FRAMES && media_clock_ns() < deadline);
    assert_int_equal(counts.written + counts.dropped, N_FRAMES);
    assert_true(sink_close(sink));
    stderr_end();
    image_finish(&frame.picture);
    struct reading reading;
    read_path(path, &reading, false);
    assert_int_equal(reading.n, counts.written);
    assert_int_equal(reading.times[0], 0);
}

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
            double t = (double)time_of(all[i].at) * 1e-9;
            analysis->events[analysis->n_events++] =
                (struct smile_event){.kind = all[i].kind, .t = t, .face = 3, .duration_s = 1.5};
        }
    }
}

static void record_smile(const char *path) {
    static struct analysis analysis;
    struct record_options options = plain_options();
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    struct frame frame = {0};
    assert_true(image_init(&frame.picture, WIDTH, HEIGHT, PIXEL_BGRX32));
    for (int i = 0; i < N_FRAMES; i++) {
        draw(&frame.picture, i);
        frame.media_ns = time_of(i);
        tell(&analysis, i);
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

static void check_notes(const char *name, const char *wanted) {
    const char *path = scratch_path(name);
    record_smile(path);
    AVFormatContext *container = NULL;
    assert_int_equal(avformat_open_input(&container, path, NULL, NULL), 0);
    assert_true(avformat_find_stream_info(container, NULL) >= 0);
    double smile_s = (double)time_of(15) * 1e-9, begins_s = -1;
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
    check_notes("told.mkv", lines);
    check_notes("told.webm", lines);
    check_notes("told.mp4", flat);
    check_notes("told.mov", flat);
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
    struct source *source = open_file(clip);
    assert_non_null(source);
    const struct source_info *info = &source->info;
    struct record_options options = {.width = info->width,
                                     .height = info->height,
                                     .rate_hz = info->rate_hz,
                                     .time_base_num = info->time_base_num,
                                     .time_base_den = info->time_base_den,
                                     .aspect_num = info->aspect_num,
                                     .aspect_den = info->aspect_den,
                                     .copy_from = clip};
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    struct frame frame = {0};
    for (int n = 0; n < most && source->driver->read(source, &frame) == SOURCE_FRAME; n++) {
        assert_true(sink_write(sink, &frame, &nothing));
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
    static struct reading in, out;
    read_path(clip, &in, false);
    assert_int_equal(in.n, 275);
    for (int i = 0; i < 2; i++) {
        const char *path = scratch_path(names[i]);
        annotate(clip, path, 100000);
        assert_int_equal(count_sound(path), count_sound(clip));
        read_path(path, &out, false);
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

static int init(void **state) {
    (void)state;
    scratch_init();
    return 0;
}

static int finish(void **state) {
    (void)state;
    scratch_finish();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks_survive_nanoseconds),
        cmocka_unit_test(test_mkv),
        cmocka_unit_test(test_mp4),
        cmocka_unit_test(test_mov),
        cmocka_unit_test(test_webm),
        cmocka_unit_test(test_odd_sides_lose_one_pixel),
        cmocka_unit_test(test_other_sizes_are_fitted),
        cmocka_unit_test(test_mirrored),
        cmocka_unit_test(test_pixel_aspect_is_kept),
        cmocka_unit_test(test_not_videos),
        cmocka_unit_test(test_half_an_mp4),
        cmocka_unit_test(test_half_an_mkv),
        cmocka_unit_test(test_garbage_in_the_middle),
        cmocka_unit_test(test_interrupt_ends),
        cmocka_unit_test(test_unwritable),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_nothing_written),
        cmocka_unit_test(test_live_never_loses_count),
        cmocka_unit_test(test_events_are_told),
        cmocka_unit_test(test_sound_is_kept),
        cmocka_unit_test(test_sound_ends_with_the_pictures),
    };
    return cmocka_run_group_tests(tests, init, finish);
}
