// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/vision.h"
#include "tests/support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include <cmocka.h>

static const enum pixel_format formats[] = {PIXEL_GREY8, PIXEL_BGR24, PIXEL_BGRX32};

static uint32_t noise_state = 1;

static uint8_t noise(void) {
    noise_state = noise_state * 1664525 + 1013904223;
    return (uint8_t)(noise_state >> 24);
}

// Soft shapes with a little noise, in colour: compresses like a photograph.
static struct image photograph(int width, int height, enum pixel_format format) {
    struct image image;
    assert_true(image_init(&image, width, height, format));
    int n = pixel_bytes(format);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < n * width; x++) {
            int c = x % n;
            int value = c == 3 ? 255 : (x / n * (3 + c) + y * (5 - c)) / 4 % 200 + noise() % 16;
            image.data[y * image.stride + x] = (uint8_t)value;
        }
    }
    return image;
}

static const uint8_t *pixel(const struct image *image, int x, int y) {
    return image->data + y * image->stride + x * pixel_bytes(image->format);
}

// What a pixel is in another format, by the definition.
static void expected_pixel(const uint8_t *p, enum pixel_format from, enum pixel_format to,
                           uint8_t out[4]) {
    int b = p[0], g = from == PIXEL_GREY8 ? b : p[1], r = from == PIXEL_GREY8 ? b : p[2];
    uint8_t colour[4] = {(uint8_t)b, (uint8_t)g, (uint8_t)r, 255};
    if (to == PIXEL_GREY8) {
        colour[0] = (uint8_t)(0.114 * b + 0.587 * g + 0.299 * r + 0.5);
    }
    memcpy(out, colour, 4);
}

static void check_conversion(enum pixel_format from, enum pixel_format to) {
    struct image source = photograph(37, 11, from), room;
    assert_true(image_init(&room, 41, 13, to));
    memset(room.data, 0xa5, (size_t)room.stride * 13);
    struct image target = image_view(&room, 2, 1, 37, 11);
    assert_true(picture_convert(&source, &target));
    for (int y = 0; y < 11; y++) {
        for (int x = 0; x < 37; x++) {
            uint8_t expected[4];
            expected_pixel(pixel(&source, x, y), from, to, expected);
            for (int c = 0; c < pixel_bytes(to); c++) {
                assert_in_range(pixel(&target, x, y)[c] + 1, expected[c], expected[c] + 2);
            }
        }
        assert_int_equal(pixel(&room, 1, y + 1)[0], 0xa5);
        assert_int_equal(pixel(&room, 39, y + 1)[0], 0xa5);
    }
    image_finish(&source);
    image_finish(&room);
}

static void test_every_conversion(void **state) {
    (void)state;
    for (int i = 0; i < 9; i++) {
        check_conversion(formats[i / 3], formats[i % 3]);
    }
}

static void test_grey_through_colour_is_unchanged(void **state) {
    (void)state;
    struct image grey = photograph(64, 4, PIXEL_GREY8), colour, back;
    assert_true(image_init(&colour, 64, 4, PIXEL_BGRX32) && image_init(&back, 64, 4, PIXEL_GREY8));
    assert_true(picture_convert(&grey, &colour) && picture_convert(&colour, &back));
    assert_memory_equal(grey.data, back.data, (size_t)grey.stride * 4);
    image_finish(&grey);
    image_finish(&colour);
    image_finish(&back);
}

static void test_shrinking_averages(void **state) {
    (void)state;
    for (int f = 0; f < 3; f++) {
        struct image large = photograph(40, 24, formats[f]), small;
        assert_true(image_init(&small, 20, 12, formats[f]) && picture_resize(&large, &small));
        for (int i = 0; i < 20 * 12 * pixel_bytes(formats[f]); i++) {
            int n = pixel_bytes(formats[f]), c = i % n, x = i / n % 20, y = i / n / 20;
            int sum = pixel(&large, 2 * x, 2 * y)[c] + pixel(&large, 2 * x + 1, 2 * y)[c] +
                      pixel(&large, 2 * x, 2 * y + 1)[c] + pixel(&large, 2 * x + 1, 2 * y + 1)[c];
            assert_in_range(4 * pixel(&small, x, y)[c] + 4, sum, sum + 8);
        }
        image_finish(&large);
        image_finish(&small);
    }
}

static void test_enlarging_interpolates(void **state) {
    (void)state;
    struct image two, four;
    assert_true(image_init(&two, 2, 1, PIXEL_GREY8) && image_init(&four, 4, 1, PIXEL_GREY8));
    two.data[1] = 200;
    assert_true(picture_resize(&two, &four));
    static const uint8_t expected[] = {0, 50, 150, 200}; // pixel centres at 1/4 and 3/4
    assert_memory_equal(four.data, expected, 4);
    image_finish(&two);
    image_finish(&four);
}

// ---- files ----

static void test_png_keeps_every_bit(void **state) {
    (void)state;
    for (int f = 0; f < 3; f++) {
        struct image image = photograph(33, 21, formats[f]), colour, back;
        const char *path = scratch_path("exact.png");
        assert_true(picture_write(path, &image) && picture_read(path, &back));
        assert_true(image_init(&colour, 33, 21, PIXEL_BGR24) && picture_convert(&image, &colour));
        assert_int_equal(back.format, PIXEL_BGR24);
        assert_int_equal(back.width * 1000 + back.height, 33021);
        assert_memory_equal(colour.data, back.data, (size_t)colour.stride * 21);
        image_finish(&image);
        image_finish(&colour);
        image_finish(&back);
    }
}

static void test_jpeg_is_close(void **state) {
    (void)state;
    struct image image = photograph(64, 48, PIXEL_GREY8), back;
    const char *path = scratch_path("close.JPG");
    assert_true(picture_write(path, &image) && picture_read(path, &back));
    for (int i = 0; i < 64 * 48; i++) {
        int wanted = *pixel(&image, i % 64, i / 64);
        assert_in_range(*pixel(&back, i % 64, i / 64) + 30, wanted, wanted + 60);
    }
    image_finish(&image);
    image_finish(&back);
}

static bool is_refused(const char *path) {
    struct image image;
    stderr_begin();
    bool read = picture_read(path, &image);
    const char *said = stderr_end();
    if (read || !is_one_error(said, path)) {
        print_message("%s: read %d, said: %s", path, read, said);
    }
    return !read && !image.data && is_one_error(said, path);
}

static void test_what_is_no_picture_is_refused(void **state) {
    (void)state;
    assert_true(is_refused(scratch_path("missing.jpg")));
    assert_true(is_refused(scratch_path("")));
    scratch_write(scratch_path("empty.png"), "", 0);
    assert_true(is_refused(scratch_path("empty.png")));
    scratch_write(scratch_path("text.jpg"), "This is no picture.\n", 20);
    assert_true(is_refused(scratch_path("text.jpg")));
    scratch_write(scratch_path("magic.jpg"), "\xff\xd8\xff", 3);
    assert_true(is_refused(scratch_path("magic.jpg")));
    scratch_write(scratch_path("nothing.jpg"), "\xff\xd8\xff\xd9", 4);
    assert_true(is_refused(scratch_path("nothing.jpg")));
}

static void test_too_large_is_refused_before_decoding(void **state) {
    (void)state;
    static const char *const headers[] = {"P6\n16385 1\n255\n", "P1\n1 99999999\n",
                                          "P6\n16000 16000\n255\n",
                                          "P1 999999999999999999999999 1\n", "P5 0 5 255\n"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        scratch_write(scratch_path("large.pnm"), headers[i], strlen(headers[i]));
        assert_true(is_refused(scratch_path("large.pnm")));
    }
}

// Every prefix at which real copies break off: in the header, in the middle, just before the end.
static void check_cuts(const char *name) {
    struct image image = photograph(150, 110, PIXEL_BGR24), back;
    const char *whole = scratch_path(name);
    assert_true(picture_write(whole, &image) && picture_read(whole, &back));
    size_t n;
    char *bytes = scratch_read(whole, &n), cut_name[64];
    snprintf(cut_name, sizeof cut_name, "cut-%s", name);
    const char *cut = scratch_path(cut_name);
    for (size_t i = 0; i < 40; i++) {
        size_t keep = i < 20 ? n * i / 20 : i < 30 ? n - 1 - (i - 20) : (i - 29) * 7;
        scratch_write(cut, bytes, keep);
        assert_true(is_refused(cut));
    }
    free(bytes);
    image_finish(&image);
    image_finish(&back);
}

static void test_cut_jpeg_is_refused(void **state) {
    (void)state, check_cuts("a.jpg");
}
static void test_cut_png_is_refused(void **state) {
    (void)state, check_cuts("a.png");
}
static void test_cut_bmp_is_refused(void **state) {
    (void)state, check_cuts("a.bmp");
}
static void test_cut_webp_is_refused(void **state) {
    (void)state, check_cuts("a.webp");
}
static void test_cut_tiff_is_refused(void **state) {
    (void)state, check_cuts("a.tiff");
}
static void test_cut_pnm_is_refused(void **state) {
    (void)state, check_cuts("a.ppm");
}

// A JPEG with an EXIF segment after its SOI: orientation 6, and a would-be thumbnail with its own
// end mark.
static uint8_t *with_exif(const uint8_t *jpeg, size_t n, size_t *n_out) {
    static const uint8_t exif[] = "\xff\xe1\x00\x2a"
                                  "Exif\0\0"
                                  "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
                                  "\xff\xd8\xff\xda\x11\xff\xd9";
    size_t extra = 0x2a + 2;
    uint8_t *out = calloc(1, n + extra);
    assert_non_null(out);
    memcpy(out, jpeg, 2);
    memcpy(out + 2, exif, sizeof exif - 1);
    memcpy(out + 2 + extra, jpeg + 2, n - 2);
    *n_out = n + extra;
    return out;
}

static void test_exif_turns_the_picture_and_its_thumbnail_fools_nobody(void **state) {
    (void)state;
    struct image image = photograph(150, 110, PIXEL_BGR24), back;
    assert_true(picture_write(scratch_path("b.jpg"), &image));
    size_t n, n_exif;
    uint8_t *plain = scratch_read(scratch_path("b.jpg"), &n), *exif = with_exif(plain, n, &n_exif);
    assert_true(picture_decode("exif", exif, n_exif, &back));
    assert_int_equal(back.width * 1000 + back.height, 110150);
    image_finish(&back);
    scratch_write(scratch_path("cut-exif.jpg"), exif, n_exif / 2);
    assert_true(is_refused(scratch_path("cut-exif.jpg")));
    free(plain);
    free(exif);
    image_finish(&image);
}

// ---- PNGs made by hand, of kinds that picture_write does not write ----

static size_t put_chunk(uint8_t *out, const char *type, const void *data, size_t n) {
    uint32_t length = __builtin_bswap32((uint32_t)n);
    memcpy(out, &length, 4);
    memcpy(out + 4, type, 4);
    memcpy(out + 8, data, n);
    uint32_t check = __builtin_bswap32((uint32_t)crc32(0, out + 4, (uInt)n + 4));
    memcpy(out + 8 + n, &check, 4);
    return n + 12;
}

// One pixel of 16-bit RGBA, with an unusable colour profile as many editors write.
static size_t put_deep_png(uint8_t *out) {
    static const uint8_t header[] = {0, 0, 0, 1, 0, 0, 0, 1, 16, 6, 0, 0, 0};
    static const uint8_t row[] = {0, 0x10, 0x99, 0x20, 0x99, 0x30, 0x99, 0x80, 0};
    uint8_t packed[64];
    uLongf n_packed = sizeof packed;
    assert_int_equal(compress(packed, &n_packed, row, sizeof row), Z_OK);
    memcpy(out, "\x89PNG\r\n\x1a\n", 8);
    size_t n = 8;
    n += put_chunk(out + n, "IHDR", header, sizeof header);
    n += put_chunk(out + n, "iCCP", "bad\0\0profile", 12);
    n += put_chunk(out + n, "IDAT", packed, n_packed);
    return n + put_chunk(out + n, "IEND", "", 0);
}

static void test_deep_png_with_alpha_becomes_bgr24_in_silence(void **state) {
    (void)state;
    uint8_t png[512];
    size_t n = put_deep_png(png);
    struct image image;
    stderr_begin();
    bool read = picture_decode("deep", png, n, &image);
    assert_string_equal(stderr_end(), "");
    assert_true(read);
    static const uint8_t expected[] = {0x30, 0x20, 0x10};
    assert_int_equal(image.format, PIXEL_BGR24);
    assert_memory_equal(image.data, expected, 3);
    image_finish(&image);
}

static void test_damaged_png_is_refused_in_one_sentence(void **state) {
    (void)state;
    struct image image = photograph(60, 40, PIXEL_BGR24);
    assert_true(picture_write(scratch_path("c.png"), &image));
    size_t n;
    uint8_t *bytes = scratch_read(scratch_path("c.png"), &n);
    bytes[n / 2] ^= 4;
    scratch_write(scratch_path("damaged.png"), bytes, n);
    assert_true(is_refused(scratch_path("damaged.png")));
    free(bytes);
    image_finish(&image);
}

// Whatever the bytes: a picture or a refusal. With sanitizers this is the test of the parser above
// the decoders.
static void test_mutations_do_no_harm(void **state) {
    (void)state;
    static const char *const names[] = {"m.jpg", "m.png", "m.bmp", "m.webp", "m.tiff", "m.ppm"};
    struct image image = photograph(24, 16, PIXEL_BGR24), back;
    stderr_begin();
    for (int i = 0; i < 6; i++) {
        size_t n;
        picture_write(scratch_path(names[i]), &image);
        uint8_t *bytes = scratch_read(scratch_path(names[i]), &n), *mutant = malloc(n);
        for (int round = 0; mutant && round < 150; round++) {
            memcpy(mutant, bytes, n);
            for (int k = 0; k <= round % 4; k++) {
                size_t head = round % 2 ? n : 64;
                mutant[(noise() * 256u + noise()) % (head < n ? head : n)] = noise();
            }
            if (picture_decode("mutant", mutant, n - (round % 3 ? 0 : noise() % n), &back)) {
                image_finish(&back);
            }
        }
        free(bytes);
        free(mutant);
    }
    stderr_end();
    image_finish(&image);
}

static bool write_is_refused(const char *path) {
    struct image image = photograph(4, 4, PIXEL_BGR24);
    stderr_begin();
    bool written = picture_write(path, &image);
    bool refused = is_one_error(stderr_end(), path) && !written;
    image_finish(&image);
    return refused;
}

static void test_what_cannot_be_written_is_said_and_leaves_nothing(void **state) {
    (void)state;
    assert_int_equal(mkdir(scratch_path("folder.png"), 0700), 0);
    int before = scratch_count();
    assert_true(write_is_refused(scratch_path("x.docx")));
    assert_true(write_is_refused(scratch_path("no extension")));
    assert_true(write_is_refused(scratch_path("no/such/folder/x.png")));
    assert_true(write_is_refused(scratch_path("folder.png")));
    assert_int_equal(scratch_count(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_conversion),
        cmocka_unit_test(test_grey_through_colour_is_unchanged),
        cmocka_unit_test(test_shrinking_averages),
        cmocka_unit_test(test_enlarging_interpolates),
        cmocka_unit_test(test_png_keeps_every_bit),
        cmocka_unit_test(test_jpeg_is_close),
        cmocka_unit_test(test_what_is_no_picture_is_refused),
        cmocka_unit_test(test_too_large_is_refused_before_decoding),
        cmocka_unit_test(test_cut_jpeg_is_refused),
        cmocka_unit_test(test_cut_png_is_refused),
        cmocka_unit_test(test_cut_bmp_is_refused),
        cmocka_unit_test(test_cut_webp_is_refused),
        cmocka_unit_test(test_cut_tiff_is_refused),
        cmocka_unit_test(test_cut_pnm_is_refused),
        cmocka_unit_test(test_exif_turns_the_picture_and_its_thumbnail_fools_nobody),
        cmocka_unit_test(test_deep_png_with_alpha_becomes_bgr24_in_silence),
        cmocka_unit_test(test_damaged_png_is_refused_in_one_sentence),
        cmocka_unit_test(test_mutations_do_no_harm),
        cmocka_unit_test(test_what_cannot_be_written_is_said_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
