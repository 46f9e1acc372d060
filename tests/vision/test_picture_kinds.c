// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// What a picture is, in every kind: the same four quadrants, read as they are and turned.
#include "vision/vision.h"
#include "tests/support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#if HAVE_LIBHEIF
#include <libheif/heif.h>
#endif

#include <cmocka.h>

#define WIDTH 48
#define HEIGHT 32

// Red, green; blue, grey: as BGR.
static const uint8_t colours[2][2][3] = {{{40, 40, 200}, {40, 180, 40}},
                                         {{200, 40, 40}, {190, 190, 190}}};

static struct image quadrants(void) {
    struct image image;
    assert_true(image_init(&image, WIDTH, HEIGHT, PIXEL_BGR24));
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            memcpy(image.data + y * image.stride + 3 * x, colours[y >= HEIGHT / 2][x >= WIDTH / 2],
                   3);
        }
    }
    return image;
}

// Whether the middle of a quadrant has that colour, but for what compression makes of it.
static bool is_there(const struct image *image, int row, int column, const uint8_t *colour) {
    int x = image->width * (1 + 2 * column) / 4, y = image->height * (1 + 2 * row) / 4;
    const uint8_t *pixel = image->data + y * image->stride + 3 * x;
    bool close = true;
    for (int i = 0; i < 3; i++) {
        close = close && abs(pixel[i] - colour[i]) < 25;
    }
    return close;
}

// EXIF says at which side, as seen, the first row and the first column are stored.
static void check_turned(const char *name, const struct image *image, int orientation) {
    static const bool row_last[] = {0, 0, 0, 1, 1, 0, 1, 1, 0}; // at the bottom or right
    static const bool column_last[] = {0, 0, 1, 1, 0, 0, 0, 1, 1};
    bool sideways = orientation >= 5;
    assert_int_equal(image->width, sideways ? HEIGHT : WIDTH);
    assert_int_equal(image->height, sideways ? WIDTH : HEIGHT);
    for (int i = 0; i < 4; i++) {
        int row = i / 2 ^ row_last[orientation], column = i % 2 ^ column_last[orientation];
        if (!is_there(image, sideways ? column : row, sideways ? row : column,
                      colours[i / 2][i % 2])) {
            fail_msg("%s, orientation %d: quadrant %d is elsewhere", name, orientation, i);
        }
    }
}

// ---- files with an EXIF block ----

static size_t put(uint8_t *out, const void *bytes, size_t n) {
    memcpy(out, bytes, n);
    return n;
}

static size_t put_le32(uint8_t *out, size_t value) {
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), 0};
    return put(out, bytes, 4);
}

#define EXIF_SIZE 26

static size_t put_exif(uint8_t *out, int orientation) {
    uint8_t exif[EXIF_SIZE] = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01";
    exif[19] = (uint8_t)orientation;
    return put(out, exif, EXIF_SIZE);
}

static size_t jpeg_with_exif(const uint8_t *plain, size_t n, int orientation, uint8_t *out) {
    size_t at = put(out, plain, 2);
    at += put(out + at,
              "\xff\xe1\0\x22"
              "Exif\0\0",
              10);
    at += put_exif(out + at, orientation);
    return at + put(out + at, plain + 2, n - 2);
}

static size_t png_with_exif(const uint8_t *plain, size_t n, int orientation, uint8_t *out) {
    size_t at = put(out, plain, 33), chunk = at; // up to the end of IHDR
    at += put(out + at,
              "\0\0\0\x1a"
              "eXIf",
              8);
    at += put_exif(out + at, orientation);
    uint32_t check = __builtin_bswap32((uint32_t)crc32(0, out + chunk + 4, EXIF_SIZE + 4));
    at += put(out + at, &check, 4);
    return at + put(out + at, plain + 33, n - 33);
}

static size_t webp_with_exif(const uint8_t *plain, size_t n, int orientation, uint8_t *out) {
    static const uint8_t header[] = {'V', 'P', '8', 'X',       10, 0, 0,          0, 8,
                                     0,   0,   0,   WIDTH - 1, 0,  0, HEIGHT - 1, 0, 0};
    size_t at = put(out, "RIFF----WEBP", 12);
    at += put(out + at, header, sizeof header);
    at += put(out + at, plain + 12, n - 12);
    at += put(out + at, "EXIF", 4);
    at += put_le32(out + at, EXIF_SIZE);
    at += put_exif(out + at, orientation);
    put_le32(out + 4, at - 8);
    return at;
}

// One strip of RGB.
static size_t put_tiff(uint8_t *out, const struct image *image, int orientation) {
    enum { N_TAGS = 9, PIXELS = 8 + 2 + 12 * N_TAGS + 4 + 6, SIZE = WIDTH * HEIGHT * 3 };
    const uint16_t tags[N_TAGS][3] = {
        // tag, type, value
        {256, 3, WIDTH},
        {257, 3, HEIGHT},
        {258, 3, 8},
        {259, 3, 1},
        {262, 3, 2},
        {273, 3, PIXELS},
        {274, 3, (uint16_t)orientation},
        {277, 3, 3},
        {279, 3, SIZE},
    };
    size_t at = put(out, "II*\0\x08\0\0\0\x09\0", 10);
    for (int i = 0; i < N_TAGS; i++) {
        bool bits = tags[i][0] == 258;
        at += put(out + at, &tags[i][0], 2);
        at += put(out + at, &tags[i][1], 2);
        at += put_le32(out + at, bits ? 3 : 1);
        at += put_le32(out + at, bits ? PIXELS - 6 : tags[i][2]);
    }
    at += put_le32(out + at, 0);
    at += put(out + at, "\x08\0\x08\0\x08\0", 6);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const uint8_t *bgr = image->data + i / WIDTH * image->stride + 3 * (i % WIDTH);
        const uint8_t rgb[] = {bgr[2], bgr[1], bgr[0]};
        at += put(out + at, rgb, 3);
    }
    return at;
}

static void check_orientations(const char *name,
                               size_t (*with_exif)(const uint8_t *, size_t, int, uint8_t *)) {
    struct image image = quadrants(), back;
    size_t n;
    assert_true(picture_write(scratch_path(name), &image));
    uint8_t *plain = scratch_read(scratch_path(name), &n), *out = calloc(1, n + 256);
    assert_non_null(out);
    for (int orientation = 1; orientation <= 8; orientation++) {
        size_t n_out = with_exif(plain, n, orientation, out);
        assert_true(picture_decode(name, out, n_out, &back));
        check_turned(name, &back, orientation);
        image_finish(&back);
    }
    assert_true(picture_decode(name, out, with_exif(plain, n, 9, out), &back)); // there is no 9
    check_turned(name, &back, 1);
    image_finish(&back);
    free(plain);
    free(out);
    image_finish(&image);
}

#if HAVE_LIBHEIF
// False without an encoder.
static bool write_heic(const char *path, int orientation) {
    struct heif_context *context = heif_context_alloc();
    struct heif_encoder *encoder = NULL;
    struct heif_image *pixels = NULL;
    struct heif_image_handle *handle = NULL;
    struct image image = quadrants();
    bool can = heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder).code ==
               heif_error_Ok;
    if (can) {
        int stride;
        uint8_t exif[EXIF_SIZE];
        heif_image_create(WIDTH, HEIGHT, heif_colorspace_RGB, heif_chroma_interleaved_RGBA,
                          &pixels);
        heif_image_add_plane(pixels, heif_channel_interleaved, WIDTH, HEIGHT, 8);
        uint8_t *rgba = heif_image_get_plane(pixels, heif_channel_interleaved, &stride);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            const uint8_t *bgr = image.data + i / WIDTH * image.stride + 3 * (i % WIDTH);
            const uint8_t pixel[] = {bgr[2], bgr[1], bgr[0], 255};
            memcpy(rgba + i / WIDTH * stride + 4 * (i % WIDTH), pixel, 4);
        }
        struct heif_encoding_options *options = heif_encoding_options_alloc();
        options->image_orientation = (enum heif_orientation)orientation;
        assert_int_equal(heif_context_encode_image(context, pixels, encoder, options, &handle).code,
                         0);
        put_exif(exif, orientation == 1 ? 6 : orientation);
        heif_context_add_exif_metadata(context, handle, exif, EXIF_SIZE);
        assert_int_equal(heif_context_write_to_file(context, path).code, 0);
        heif_encoding_options_free(options);
    }
    heif_image_handle_release(handle);
    heif_image_release(pixels);
    heif_encoder_release(encoder);
    heif_context_free(context);
    image_finish(&image);
    return can;
}
#endif

static void test_exif_turns_a_jpeg(void **state) {
    (void)state, check_orientations("a.jpg", jpeg_with_exif);
}
static void test_exif_turns_a_png(void **state) {
    (void)state, check_orientations("a.png", png_with_exif);
}
static void test_exif_turns_a_webp(void **state) {
    (void)state, check_orientations("a.webp", webp_with_exif);
}

static void test_its_tag_turns_a_tiff(void **state) {
    (void)state;
    struct image image = quadrants(), back;
    uint8_t *out = malloc(WIDTH * HEIGHT * 3 + 256);
    assert_non_null(out);
    for (int orientation = 1; orientation <= 8; orientation++) {
        size_t n = put_tiff(out, &image, orientation);
        assert_true(picture_decode("a.tiff", out, n, &back));
        check_turned("TIFF", &back, orientation);
        image_finish(&back);
    }
    free(out);
    image_finish(&image);
}

#if HAVE_LIBHEIF
// Replaces the last two references between the items of a HEIC, those of its transparency and of
// its EXIF block, by one to many items, of the same size, as iOS 18 has them for gain maps.
static void refer_to_many(uint8_t *heic, size_t n) {
    uint8_t *type = memmem(heic, n, "auxl", 4);
    assert_true(type && memcmp(type + 14, "cdsc", 4) == 0);
    memcpy(type - 4, "\0\0\0\x1c", 4);
    memcpy(type + 6, "\0\x08", 2);
    for (int i = 1; i < 8; i++) {
        memcpy(type + 8 + 2 * i, type + 8, 2);
    }
}

static void test_what_a_heic_refers_to_beside_its_picture_does_not_matter(void **state) {
    (void)state;
    struct image image;
    size_t n;
    if (!write_heic(scratch_path("gain.heic"), 1)) {
        print_message("libheif has no encoder here\n");
        skip();
    }
    uint8_t *heic = scratch_read(scratch_path("gain.heic"), &n);
    refer_to_many(heic, n);
    assert_true(picture_decode("gain.heic", heic, n, &image));
    check_turned("HEIC", &image, 1);
    image_finish(&image);
    free(heic);
}

// Of those two that a HEIC may hold, its own orientation counts, and EXIF's does not.
static void test_its_own_property_turns_a_heic(void **state) {
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct image back;
        const char *path = scratch_path("turned.heic");
        if (!write_heic(path, orientation)) {
            print_message("libheif has no encoder here\n");
            skip();
        }
        assert_true(picture_read(path, &back));
        check_turned("HEIC", &back, orientation);
        image_finish(&back);
    }
}
#endif

// ---- kinds that other programs wrote ----

static const char *const written[] = {"gif", "jp2", "jxl", "webp", "heic", "avif"};

static const char *sample(const char *extension) {
    static char path[512];
    snprintf(path, sizeof path, PICTURES "/quadrants.%s", extension);
    return path;
}

static bool can_read(const char *extension) {
    return HAVE_LIBHEIF || (strcmp(extension, "heic") != 0 && strcmp(extension, "avif") != 0);
}

static void test_every_kind_is_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        struct image image;
        bool read = picture_read(sample(written[i]), &image);
        assert_int_equal(read, can_read(written[i]));
        if (read) {
            check_turned(written[i], &image, 1);
        }
        image_finish(&image);
    }
}

// The decoders are others' code: a cut file is refused, or its picture is whole.
static void test_cut_ones_are_refused_in_one_sentence(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        size_t n;
        uint8_t *bytes = scratch_read(sample(written[i]), &n);
        for (size_t k = 1; k < 20; k++) {
            struct image image;
            stderr_begin();
            bool read = picture_decode(written[i], bytes, n * k / 20, &image);
            const char *said = stderr_end();
            if (read) {
                check_turned(written[i], &image, 1);
                image_finish(&image);
            } else if (!is_one_error(said, written[i])) {
                fail_msg("%s, %zu of %zu bytes: %s", written[i], n * k / 20, n, said);
            }
        }
        free(bytes);
    }
}

// libjpeg makes grey of what is missing before the end mark.
static void test_a_jpeg_whose_data_end_early_is_told_in_our_words(void **state) {
    (void)state;
    struct image image = quadrants(), back;
    size_t n;
    assert_true(picture_write(scratch_path("early.jpg"), &image));
    uint8_t *jpeg = scratch_read(scratch_path("early.jpg"), &n);
    uint8_t *scan = memmem(jpeg, n, "\xff\xda", 2);
    assert_true(scan && scan + 60 < jpeg + n);
    memcpy(scan + 40, "\xff\xd9", 2);
    stderr_begin();
    bool read = picture_decode("early.jpg", jpeg, (size_t)(scan + 42 - jpeg), &back);
    const char *said = stderr_end();
    assert_true(read);
    assert_string_equal(said, "smilecam: warning: the picture early.jpg is damaged; what can be "
                              "decoded of it is used\n");
    image_finish(&back);
    image_finish(&image);
    free(jpeg);
}

// ---- what counts as a picture ----

static void test_pictures_are_known_by_content_and_by_name(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        size_t n;
        char name[64];
        uint8_t *bytes = scratch_read(sample(written[i]), &n);
        assert_true(picture_is_one("IMG 1", bytes, n));
        snprintf(name, sizeof name, "a.%s", written[i]);
        assert_true(picture_is_one(name, "", 0));
        scratch_write(scratch_path("download"), bytes, n);
        assert_true(picture_is_file(scratch_path("download")));
        free(bytes);
    }
    static const char *const names[] = {"a.JFIF", "b.Dng", "c.d.psd", "x.tif"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_true(picture_is_one(names[i], "", 0));
    }
}

static void test_other_files_are_none(void **state) {
    (void)state;
    static const char *const texts[] = {"BMW, VW",
                                        "P1 is the first",
                                        "MM",
                                        "II",
                                        "GIF",
                                        "8BPS",
                                        "\0\0\0\x1c"
                                        "ftypisom",
                                        "RIFF----WAVEfmt ",
                                        ""};
    static const char *const names[] = {"jpg", "a.txt", "a.jp", "a.", "a.jpg.txt", "a.jpg.jpeg.x"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(picture_is_one("notes", texts[i], strlen(texts[i])));
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_false(picture_is_one(names[i], "", 0));
    }
}

static void check_refusal(const char *name, const void *bytes, size_t n, const char *why) {
    struct image image;
    stderr_begin();
    bool read = picture_decode(name, bytes, n, &image);
    const char *said = stderr_end();
    if (read || !is_one_error(said, name) || !strstr(said, why)) {
        fail_msg("%s: read %d, said: %s", name, read, said);
    }
}

static void test_what_nobody_reads_is_named(void **state) {
    (void)state;
    static const uint8_t thumbnail[] =
        "II*\0\x08\0\0\0\x01\0\xfe\0\x04\0\x01\0\0\0\x01\0\0\0\0\0\0";
    check_refusal("a.nef", thumbnail, sizeof thumbnail, "raw");
    check_refusal("a.cr3",
                  "\0\0\0\x18"
                  "ftypcrx xxxx",
                  16, "raw");
    check_refusal("a.psd", "8BPS\0\1xxxx", 10, "Photoshop");
    check_refusal("a.exr", "v/1\1xxxx", 8, "OpenEXR");
    check_refusal("a.tif", "II+\0\x08\0\0\0", 8, "BigTIFF");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exif_turns_a_jpeg),
        cmocka_unit_test(test_exif_turns_a_png),
        cmocka_unit_test(test_exif_turns_a_webp),
        cmocka_unit_test(test_its_tag_turns_a_tiff),
#if HAVE_LIBHEIF
        cmocka_unit_test(test_its_own_property_turns_a_heic),
        cmocka_unit_test(test_what_a_heic_refers_to_beside_its_picture_does_not_matter),
#endif
        cmocka_unit_test(test_every_kind_is_read),
        cmocka_unit_test(test_cut_ones_are_refused_in_one_sentence),
        cmocka_unit_test(test_a_jpeg_whose_data_end_early_is_told_in_our_words),
        cmocka_unit_test(test_pictures_are_known_by_content_and_by_name),
        cmocka_unit_test(test_other_files_are_none),
        cmocka_unit_test(test_what_nobody_reads_is_named),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
