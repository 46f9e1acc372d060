// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/support/film.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

const struct analysis film_nothing;

int film_setup(void **state) {
    (void)state;
    scratch_init();
    return 0;
}

int film_teardown(void **state) {
    (void)state;
    scratch_finish();
    return 0;
}

// ---- pictures that know their number ----

void film_draw(struct image *picture, int number) {
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

int film_number(const struct image *picture) {
    int number = 0, block = picture->width / 8;
    for (int i = 0; i < 8; i++) {
        const uint8_t *pixel = picture->data + picture->height / 8 * picture->stride +
                               (ptrdiff_t)(i * block + block / 2) * 4;
        number |= (pixel[1] > 127) << i;
    }
    return number;
}

double film_difference(const struct image *a, const struct image *b) {
    double sum = 0;
    for (int y = 0; y < a->height; y++) {
        for (int i = 0; i < 4 * a->width; i++) {
            sum += i % 4 == 3 ? 0 : abs(a->data[y * a->stride + i] - b->data[y * b->stride + i]);
        }
    }
    return sum / (3.0 * a->width * a->height);
}

static int64_t ticks_of(int number) {
    return number * 3003 + number % 5 * 211 + (number > 30 ? 20000 : 0);
}

int64_t film_time(int number) {
    return media_ns_from_ticks(ticks_of(number), (AVRational){1, FILM_TICKS_PER_S});
}

// ---- recording and reading back ----

struct record_options film_options(void) {
    return (struct record_options){.video = {.width = FILM_WIDTH,
                                             .height = FILM_HEIGHT,
                                             .rate_hz = 30,
                                             .time_base_num = 1,
                                             .time_base_den = FILM_TICKS_PER_S,
                                             .choice.quality = VIDEO_HIGH}};
}

void film_write(struct sink *sink, int first, int n, int width, int height) {
    struct frame frame = {0};
    assert_true(image_init(&frame.picture, width, height, PIXEL_BGRX32));
    for (int i = first; i < first + n; i++) {
        film_draw(&frame.picture, i);
        frame.media_ns = film_time(i);
        frame.number = (uint64_t)i;
        assert_true(sink_write(sink, &frame, &film_nothing));
    }
    image_finish(&frame.picture);
}

struct record_counts film_wait(struct sink *sink, int n) {
    int64_t deadline = clock_now_ns() + 20 * NS_PER_S;
    struct record_counts counts;
    do {
        usleep(1000);
        counts = record_get_counts(sink);
    } while (counts.written + counts.dropped < n && clock_now_ns() < deadline);
    return counts;
}

const char *film_record(const char *name, struct record_options options) {
    const char *path = scratch_path(name);
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    film_write(sink, 0, FILM_FRAMES, options.video.width, options.video.height);
    assert_int_equal(record_get_counts(sink).dropped, 0);
    assert_true(sink_close(sink));
    return path;
}

struct source *film_open(const char *path) {
    return source_file.create(path, &(struct source_options){0});
}

void film_read(struct source *source, struct film_reading *reading, bool check) {
    struct frame frame = {0};
    struct image wanted = {0};
    assert_true(image_init(&wanted, source->info.width, source->info.height, PIXEL_BGRX32));
    reading->n = 0;
    while ((reading->status = source->driver->read(source, &frame)) == SOURCE_FRAME) {
        assert_in_range(reading->n, 0, 1023);
        if (check) {
            film_draw(&wanted, reading->n);
            assert_int_equal(film_number(&frame.picture), reading->n);
            assert_true(film_difference(&wanted, &frame.picture) < 4);
        }
        assert_int_equal(frame.number, reading->n);
        reading->times[reading->n++] = frame.media_ns;
    }
    image_finish(&wanted);
    image_finish(&frame.picture);
}

void film_read_path(const char *path, struct film_reading *reading, bool check) {
    struct source *source = film_open(path);
    assert_non_null(source);
    film_read(source, reading, check);
    source->driver->destroy(source);
}
