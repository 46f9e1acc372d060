// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/fake_camera/fake_pictures.h"

#include "tests/fake_camera/fake_v4l2.h"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// A file in memory, kept until another one is asked for.
static struct film {
    char path[PATH_MAX];
    const unsigned char *bytes;
    size_t n;
    size_t *starts; // of coded pictures, and the end
    long n_pictures;
} yuyv, mjpg, h264;

static void unload(struct film *film) {
    if (film->bytes) {
        munmap((void *)(uintptr_t)film->bytes, film->n);
    }
    free(film->starts);
    *film = (struct film){0};
}

static void load(struct film *film, const char *path) {
    if (strcmp(film->path, path) == 0) {
        return;
    }
    unload(film);
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0 || about.st_size == 0) {
        abort(); // a test without its pictures
    }
    film->n = (size_t)about.st_size;
    film->bytes = mmap(NULL, film->n, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (film->bytes == MAP_FAILED) {
        abort();
    }
    strcpy(film->path, path);
}

// Within a JPEG picture ff d8 does not occur: its data are stuffed; nor within H.264's units the
// beginning of a delimiter.
static void find_pictures(struct film *film, const char *mark, size_t n_mark) {
    if (film->starts) {
        return;
    }
    film->starts = calloc(film->n / n_mark + 2, sizeof *film->starts);
    for (size_t i = 0; i + n_mark <= film->n; i++) {
        if (memcmp(film->bytes + i, mark, n_mark) == 0) {
            film->starts[film->n_pictures++] = i;
        }
    }
    film->starts[film->n_pictures] = film->n;
}

static size_t take_coded(const struct film *film, long number, unsigned char *out,
                         size_t capacity) {
    const size_t *start = &film->starts[number % film->n_pictures];
    size_t n = start[1] - start[0];
    n = n < capacity ? n : capacity;
    memcpy(out, film->bytes + start[0], n);
    return n;
}

static size_t take_jpeg(const struct settings *settings, long number, unsigned char *out,
                        size_t capacity) {
    load(&mjpg, settings->mjpg);
    find_pictures(&mjpg, "\xff\xd8", 2);
    return take_coded(&mjpg, number, out, capacity);
}

static size_t take_h264(const struct settings *settings, long number, unsigned char *out,
                        size_t capacity) {
    load(&h264, settings->h264);
    find_pictures(&h264, "\0\0\0\1\x09", 5);
    return take_coded(&h264, number, out, capacity);
}

static void take_yuyv(const struct settings *settings, long number, unsigned char *out,
                      size_t bytes) {
    load(&yuyv, settings->yuyv);
    long n = (long)(yuyv.n / bytes);
    if (n == 0) {
        abort();
    }
    memcpy(out, yuyv.bytes + (size_t)(number % n) * bytes, bytes);
}

// The ramp's luma alone, and for NV12 chroma without colour behind it.
static size_t draw_luma(unsigned char *out, unsigned width, unsigned height, long k, bool chroma) {
    size_t n = (size_t)width * height;
    for (size_t i = 0; i < n; i++) {
        out[i] = fake_luma((int)(i % width), k);
    }
    memset(out + n, 128, chroma ? n / 2 : 0);
    return chroma ? n + n / 2 : n;
}

static void draw_ramp(unsigned char *out, unsigned width, unsigned height, long k) {
    for (unsigned i = 0; i < width * height; i++) {
        out[2 * i] = fake_luma((int)(i % width), k);
        out[2 * i + 1] = 128;
    }
}

static void draw_black(unsigned char *out, unsigned width, unsigned height, long k) {
    for (unsigned i = 0; i < width * height; i++) {
        out[2 * i] = (unsigned char)(16 + (i * 2654435761u + (unsigned)k * 40503u) % 4);
        out[2 * i + 1] = 128;
    }
}

static size_t put(unsigned char *out, const void *bytes, size_t n) {
    memcpy(out, bytes, n);
    return n;
}

// As small as a JPEG can be: grey, and but for the first block, whose mean is -1024, all blocks are
// as the one before, in two bits.
static size_t draw_black_jpeg(unsigned char *out, unsigned width, unsigned height,
                              size_t capacity) {
    static const unsigned char quantisation[] = {0xff, 0xd8, 0xff, 0xdb, 0, 67, 0};
    const unsigned char frame[] = {
        0xff,         0xc0, 0, 11,   8, height >> 8 & 0xff, height & 0xff, width >> 8 & 0xff,
        width & 0xff, 1,    1, 0x11, 0};
    static const unsigned char codes[] = {
        0xff, 0xc4, 0, 21, 0,    1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11,
        0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const unsigned char scan[] = {0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x9f, 0xf8};
    size_t blocks = (size_t)((width + 7) / 8) * ((height + 7) / 8), n = 0;
    if (capacity < 256 + blocks / 4) {
        abort();
    }
    n += put(out + n, quantisation, sizeof quantisation);
    memset(out + n, 1, 64);
    n += 64;
    n += put(out + n, frame, sizeof frame);
    n += put(out + n, codes, sizeof codes);
    n += put(out + n, scan, sizeof scan);
    memset(out + n, 0, blocks / 4);
    n += blocks / 4;
    return n + put(out + n, "\xff\xd9", 2);
}

size_t picture_draw(const struct settings *settings, uint32_t fourcc, unsigned width,
                    unsigned height, struct moment moment, unsigned char *out, size_t capacity) {
    size_t bytes = (size_t)width * height * 2;
    bool black = strcmp(settings->fault, "black") == 0;
    if (fourcc == V4L2_PIX_FMT_MJPEG) {
        return black ? draw_black_jpeg(out, width, height, capacity)
                     : take_jpeg(settings, moment.by_clock, out, capacity);
    }
    if (fourcc == V4L2_PIX_FMT_H264) {
        return take_h264(settings, moment.since_start, out, capacity);
    }
    if (bytes > capacity) {
        abort();
    }
    if (fourcc == V4L2_PIX_FMT_GREY || fourcc == V4L2_PIX_FMT_NV12) {
        return draw_luma(out, width, height, moment.since_start, fourcc == V4L2_PIX_FMT_NV12);
    }
    if (black) {
        draw_black(out, width, height, moment.since_start);
    } else if (settings->yuyv[0]) {
        take_yuyv(settings, moment.by_clock, out, bytes);
    } else {
        draw_ramp(out, width, height, moment.since_start);
    }
    return bytes;
}
