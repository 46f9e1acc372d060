// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/picture_kind.h"

#include "vision/picture_bytes.h"
#include "vision/vision.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const struct picture_kind kinds[N_FORMATS] = {
    {FORMAT_JPEG, "JPEG", ".jpg.jpeg.jpe.jfif.", READER_OPENCV, NULL},
    {FORMAT_PNG, "PNG", ".png.apng.", READER_OPENCV, NULL},
    {FORMAT_WEBP, "WebP", ".webp.", READER_OPENCV, NULL},
    {FORMAT_TIFF, "TIFF", ".tif.tiff.", READER_OPENCV, NULL},
    {FORMAT_BMP, "BMP", ".bmp.dib.", READER_OPENCV, NULL},
    {FORMAT_PNM, "PNM", ".pnm.pbm.pgm.ppm.", READER_OPENCV, NULL},
    {FORMAT_HEIC, "HEIC", ".heic.heif.hif.heics.", READER_LIBHEIF, NULL},
    {FORMAT_AVIF, "AVIF", ".avif.avifs.", READER_LIBHEIF, NULL},
    {FORMAT_GIF, "GIF", ".gif.", READER_FFMPEG, "gif"},
    {FORMAT_JPEG_2000, "JPEG 2000", ".jp2.j2k.jpf.", READER_FFMPEG, "jpeg2000"},
    {FORMAT_JPEG_XL, "JPEG XL", ".jxl.", READER_FFMPEG, "libjxl"},
    {FORMAT_RAW, "camera raw", ".cr2.cr3.nef.arw.dng.orf.rw2.raf.pef.srw.", READER_NONE, NULL},
    {FORMAT_PSD, "Photoshop", ".psd.", READER_NONE, NULL},
    {FORMAT_EXR, "OpenEXR", ".exr.", READER_NONE, NULL},
};

#define AT(at, bytes) at, bytes, sizeof(bytes) - 1

// Some files are of two kinds by their beginning; the first one listed holds.
static const struct magic {
    enum picture_format format;
    size_t at;
    const char *bytes;
    size_t n;
} magics[] = {
    {FORMAT_JPEG, AT(0, "\xff\xd8\xff")},
    {FORMAT_PNG, AT(0, "\x89PNG\r\n\x1a\n")},
    {FORMAT_WEBP, AT(8, "WEBPVP8")},
    {FORMAT_RAW, AT(8, "CR\2")}, // Canon's TIFF
    {FORMAT_TIFF, AT(0, "II*\0")},
    {FORMAT_TIFF, AT(0, "MM\0*")},
    {FORMAT_TIFF, AT(0, "II+\0\x08\0")}, // of more than 4 GB
    {FORMAT_TIFF, AT(0, "MM\0+\0\x08")},
    {FORMAT_AVIF, AT(4, "ftypavif")},
    {FORMAT_AVIF, AT(4, "ftypavis")},
    {FORMAT_HEIC, AT(4, "ftyphei")},
    {FORMAT_HEIC, AT(4, "ftyphev")},
    {FORMAT_HEIC, AT(4, "ftypmif1")},
    {FORMAT_HEIC, AT(4, "ftypmsf1")},
    {FORMAT_RAW, AT(4, "ftypcrx ")},
    {FORMAT_RAW, AT(0, "FUJIFILMCCD-RAW")},
    {FORMAT_RAW, AT(0, "IIRO")}, // Olympus
    {FORMAT_RAW, AT(0, "IIRS")},
    {FORMAT_RAW, AT(0, "IIU\0")}, // Panasonic
    {FORMAT_GIF, AT(0, "GIF87a")},
    {FORMAT_GIF, AT(0, "GIF89a")},
    {FORMAT_JPEG_2000, AT(4, "jP  \r\n\x87\n")},
    {FORMAT_JPEG_2000, AT(0, "\xff\x4f\xff\x51")},
    {FORMAT_JPEG_XL, AT(4, "JXL \r\n\x87\n")},
    {FORMAT_JPEG_XL, AT(0, "\xff\x0a")},
    {FORMAT_PSD, AT(0, "8BPS\0\1")},
    {FORMAT_EXR, AT(0, "v/1\1")},
};

// Two letters begin many a text, too.
static bool is_bmp(struct bytes b) {
    uint32_t header = le32(b, 14);
    return has(b, 0, "BM") && header >= 12 && header <= 124 && header % 4 == 0;
}

static bool is_pnm(struct bytes b) {
    return u8(b, 0) == 'P' && u8(b, 1) >= '1' && u8(b, 1) <= '6' && isspace((int)u8(b, 2)) &&
           (isdigit((int)u8(b, 3)) || isspace((int)u8(b, 3)) || u8(b, 3) == '#');
}

const struct picture_kind *picture_kind_of(const uint8_t *bytes, size_t n) {
    struct bytes b = {bytes, n};
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (has_bytes(b, magics[i].at, magics[i].bytes, magics[i].n)) {
            return &kinds[magics[i].format];
        }
    }
    return is_bmp(b) ? &kinds[FORMAT_BMP] : is_pnm(b) ? &kinds[FORMAT_PNM] : NULL;
}

static bool has_name(const char *name) {
    char wanted[16];
    const char *dot = strrchr(name, '.');
    int n = dot ? snprintf(wanted, sizeof wanted, "%s.", dot) : 0;
    for (char *c = wanted; n > 0 && *c; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    bool possible = n > 2 && n < (int)sizeof wanted;
    for (int i = 0; possible && i < N_FORMATS; i++) {
        if (strstr(kinds[i].extensions, wanted)) {
            return true;
        }
    }
    return false;
}

bool picture_is_one(const char *name, const void *bytes, size_t n) {
    return has_name(name) || picture_kind_of(bytes, n);
}

static struct bytes read_head(const char *path, uint8_t head[32]) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd >= 0 ? read(fd, head, 32) : -1;
    if (fd >= 0) {
        close(fd);
    }
    return (struct bytes){head, n > 0 ? (size_t)n : 0};
}

bool picture_is_file(const char *path) {
    uint8_t head[32];
    if (has_name(path)) {
        return true;
    }
    struct bytes b = read_head(path, head);
    return picture_kind_of(b.data, b.n);
}

// Animation is flagged in the extended header (RFC 9649, 2.7.1).
static bool can_move(struct bytes b) {
    const struct picture_kind *kind = picture_kind_of(b.data, b.n);
    return kind && (kind->format == FORMAT_GIF || (has(b, 12, "VP8X") && (u8(b, 20) & 2)));
}

bool picture_is_still(const char *path) {
    uint8_t head[32];
    return picture_is_file(path) && !can_move(read_head(path, head));
}
