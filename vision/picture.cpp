// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/file_bytes.hpp"
#include "vision/guard.hpp"
#include "vision/hush.hpp"
#include "vision/mat.hpp"
#include "vision/picture_check.h"
#include "vision/picture_ffmpeg.h"
#include "vision/picture_heif.h"
#include "vision/picture_kind.h"
#include "vision/picture_orientation.h"
#include "vision/picture_webp.h"

extern "C" {
#include "core/base/file.h"
}

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <cassert>
#include <string>

static const std::size_t FILE_LIMIT = 256 << 20;
static const int64_t PIXELS_LIMIT = 100000000;

// ---- reading ----

static bool refuse(const char *name, const char *problem) {
    LOG(ERROR, "cannot read the picture %s: %s", name, problem);
    return false;
}

static bool fits(const char *name, const struct picture_claim *claim) {
    if (claim->width < 1 || claim->height < 1) {
        return refuse(name, "it is damaged; copy or download it again");
    }
    if (claim->width > IMAGE_MAX_SIDE || claim->height > IMAGE_MAX_SIDE ||
        claim->width * claim->height > PIXELS_LIMIT) {
        LOG(ERROR,
            "cannot read the picture %s: %lldx%lld pixels are too many; shrink it to %d a side and "
            "%lld million in all",
            name, (long long)claim->width, (long long)claim->height, IMAGE_MAX_SIDE,
            (long long)PIXELS_LIMIT / 1000000);
        return false;
    }
    return true;
}

// ---- by OpenCV ----

// The part of a file that the decoder is to see.
static cv::Mat essentials(const struct picture_kind *kind, const cv::Mat &coded) {
    std::size_t n = coded.total();
    if (kind->format != FORMAT_PNG && kind->format != FORMAT_WEBP) {
        return coded;
    }
    cv::Mat lean(coded.size(), coded.type());
    std::size_t kept = kind->format == FORMAT_PNG ? png_essentials(coded.data, n, lean.data)
                                                  : webp_first_picture(coded.data, n, lean.data);
    return kept > 0 ? lean.colRange(0, (int)kept) : coded;
}

// EXIF's eight: mirrored or not, in four directions.
static cv::Mat turn(const cv::Mat &stored, int orientation) {
    static const int ABOUT_BOTH = -1, UPSIDE_DOWN = 0, LEFT_TO_RIGHT = 1, NONE = 2;
    static const int flips[] = {NONE, NONE,          LEFT_TO_RIGHT, ABOUT_BOTH, UPSIDE_DOWN,
                                NONE, LEFT_TO_RIGHT, ABOUT_BOTH,    UPSIDE_DOWN};
    cv::Mat turned = stored;
    if (orientation >= 5) {
        cv::transpose(stored, turned);
    }
    if (flips[orientation] != NONE) {
        cv::flip(turned, turned, flips[orientation]);
    }
    return turned;
}

static cv::Mat decode_quietly(const char *name, const cv::Mat &coded) {
    bool damaged;
    cv::Mat pixels;
    {
        hush libraries;
        pixels = cv::imdecode(coded, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
        damaged = libraries.heard("premature end") || libraries.heard("Premature end") ||
                  libraries.heard("bad Huffman");
    }
    if (damaged && !pixels.empty()) {
        LOG(WARNING, "the picture %s is damaged; what can be decoded of it is used", name);
    }
    return pixels;
}

static bool decode_by_opencv(const struct picture_kind *kind, const char *name, const void *bytes,
                             size_t n, struct image *image) {
    cv::Mat coded(1, (int)n, CV_8UC1, const_cast<void *>(bytes));
    cv::Mat pixels = decode_quietly(name, essentials(kind, coded));
    if (pixels.empty() || pixels.type() != CV_8UC3) {
        return refuse(name, "it is damaged, or of an unusual kind; save it again as JPEG or PNG");
    }
    pixels = turn(pixels, picture_orientation(coded.data, n));
    if (!image_init(image, pixels.cols, pixels.rows, PIXEL_BGR24)) {
        return false;
    }
    pixels.copyTo(mat_of(image));
    return true;
}

// ---- by others ----

static bool decode_by_libheif(const char *name, const void *bytes, size_t n, struct image *image) {
    struct picture_claim claim;
    const char *problem;
    struct heif_picture *picture = heif_picture_open((const uint8_t *)bytes, n, &claim, &problem);
    if (!picture) {
        return refuse(name, problem);
    }
    bool good = fits(name, &claim);
    problem = good ? heif_picture_decode(picture, image) : nullptr;
    heif_picture_close(picture);
    return problem ? refuse(name, problem) : good;
}

static bool decode_by_ffmpeg(const struct picture_kind *kind, const char *name, const void *bytes,
                             size_t n, struct image *image) {
    const char *problem =
        ffmpeg_picture_decode(kind->decoder, (const uint8_t *)bytes, n, PIXELS_LIMIT, image);
    return !problem || refuse(name, problem);
}

static bool decode(const char *name, const void *bytes, size_t n, struct image *image) {
    struct picture_claim claim;
    const char *problem = picture_check((const uint8_t *)bytes, n, &claim);
    if (problem) {
        return refuse(name, n == 0 ? "it is empty" : problem);
    }
    const struct picture_kind *kind = picture_kind_of((const uint8_t *)bytes, n);
    bool claims = claim.width != 0 || claim.height != 0;
    switch (kind->reader) {
    case READER_OPENCV:
        return fits(name, &claim) && decode_by_opencv(kind, name, bytes, n, image);
    case READER_LIBHEIF:
        return decode_by_libheif(name, bytes, n, image);
    case READER_FFMPEG:
        return (!claims || fits(name, &claim)) && decode_by_ffmpeg(kind, name, bytes, n, image);
    case READER_NONE:
        break;
    }
    LOG(ERROR, "cannot read the picture %s: %s pictures are not read; save it as JPEG", name,
        kind->name);
    return false;
}

bool picture_decode(const char *name, const void *bytes, size_t n, struct image *image) {
    *image = (struct image){};
    return guarded("decode a picture", false, [&] {
        if (n > FILE_LIMIT) {
            return refuse(name, "it is too large");
        }
        return decode(name, bytes, n, image);
    });
}

bool picture_read(const char *path, struct image *image) {
    *image = (struct image){};
    return guarded("read a picture", false, [&] {
        file_bytes bytes;
        const char *problem = file_bytes_read(path, FILE_LIMIT, bytes);
        return problem ? refuse(path, problem) : decode(path, bytes.data(), bytes.size(), image);
    });
}

// ---- writing ----

bool picture_can_write(const char *path) {
    return guarded("know a picture's name", false, [&] {
        const char *dot = strrchr(path, '.');
        bool can = dot && !strchr(dot, '/') && cv::haveImageWriter(path);
        if (!can) {
            LOG(ERROR, "cannot write the picture %s: its name must end in .png or .jpg", path);
        }
        return can;
    });
}

bool picture_write(const char *path, const struct image *image) {
    return guarded("write a picture", false, [&] {
        if (!picture_can_write(path)) {
            return false;
        }
        cv::Mat pixels = mat_of(image);
        if (image->format == PIXEL_BGRX32) { // else X becomes transparency
            cv::cvtColor(mat_of(image), pixels, cv::COLOR_BGRA2BGR);
        }
        std::vector<uchar> bytes;
        if (!cv::imencode(strrchr(path, '.'), pixels, bytes)) {
            LOG(ERROR, "cannot write the picture %s: no encoder", path);
            return false;
        }
        return file_write(path, bytes.data(), bytes.size());
    });
}

bool picture_encode(const struct image *image, const char *extension, int quality, uint8_t **bytes,
                    size_t *n) {
    return guarded("encode a picture", false, [&] {
        std::vector<uchar> coded;
        if (!cv::imencode(extension, mat_of(image), coded, {cv::IMWRITE_JPEG_QUALITY, quality})) {
            LOG(ERROR, "a picture cannot be encoded as %s", extension);
            return false;
        }
        *n = coded.size();
        *bytes = (uint8_t *)malloc(coded.size() + 1);
        if (!*bytes) {
            return log_no_memory("encoding an image");
        }
        memcpy(*bytes, coded.data(), coded.size());
        return true;
    });
}

// ---- colour and size ----

static int conversion(enum pixel_format from, enum pixel_format to) {
    static const int codes[3][3] = {
        {-1, cv::COLOR_GRAY2BGR, cv::COLOR_GRAY2BGRA},
        {cv::COLOR_BGR2GRAY, -1, cv::COLOR_BGR2BGRA},
        {cv::COLOR_BGRA2GRAY, cv::COLOR_BGRA2BGR, -1},
    };
    return codes[from][to];
}

static void stretch_luma(const struct image *i420, struct image *grey) {
    struct image luma = image_plane(i420, 0);
    cv::Mat out = mat_of(grey);
    mat_of(&luma).convertTo(out, CV_8U, 255.0 / 219, -16 * 255.0 / 219);
    assert(out.data == grey->data);
}

bool picture_convert(const struct image *from, struct image *to) {
    assert(from->width == to->width && from->height == to->height);
    return guarded("convert a picture", false, [&] {
        if (from->format == to->format) {
            image_copy(to, from);
        } else if (from->format == PIXEL_I420) {
            assert(to->format == PIXEL_GREY8);
            stretch_luma(from, to);
        } else {
            assert(to->format != PIXEL_I420);
            cv::Mat out = mat_of(to);
            cv::cvtColor(mat_of(from), out, conversion(from->format, to->format));
            assert(out.data == to->data);
        }
        return true;
    });
}

bool picture_resize(const struct image *from, struct image *to) {
    assert(from->format == to->format);
    return guarded("resize a picture", false, [&] {
        bool smaller = to->width <= from->width && to->height <= from->height;
        cv::Mat out = mat_of(to);
        cv::resize(mat_of(from), out, out.size(), 0, 0,
                   smaller ? cv::INTER_AREA : cv::INTER_LINEAR);
        assert(out.data == to->data);
        return true;
    });
}

bool picture_turn(const struct image *from, float radians, struct image *to) {
    return guarded("turn a picture", false, [&] {
        cv::Point2f middle((float)(from->width - 1) / 2, (float)(from->height - 1) / 2);
        cv::Mat out = mat_of(to);
        cv::warpAffine(mat_of(from), out, cv::getRotationMatrix2D(middle, radians * 180 / CV_PI, 1),
                       out.size(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
        assert(out.data == to->data);
        return true;
    });
}
