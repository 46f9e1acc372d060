// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "dlib_image.hpp"
#include "file_bytes.hpp"
#include "guard.hpp"
#include "mat.hpp"

#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_processing/shape_predictor.h>
#include <dlib/image_transforms/interpolation.h>
#include <dlib/vectorstream.h>
#include <nettle/sha2.h>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>

struct face_finder {
    dlib::frontal_face_detector detector;
    dlib::shape_predictor predictor;
    cv::Mat scaled; // kept, so that a steady stream of frames allocates once
};

// ---- the landmark file ----

static const char DEBIAN_LANDMARKS[] = "/usr/share/dlib/shape_predictor_68_face_landmarks.dat";
static const std::size_t LANDMARKS_LIMIT = 128 << 20;
static const uint8_t LANDMARKS_SHA256[SHA256_DIGEST_SIZE] = {
    0xfb, 0xdc, 0x2c, 0xb8, 0x0e, 0xb9, 0xaa, 0x7a, 0x75, 0x86, 0x72, 0xcb, 0xfd, 0xda, 0x32, 0xba,
    0x63, 0x00, 0xef, 0xe9, 0xb6, 0xe6, 0xc7, 0xa2, 0x99, 0xff, 0x7e, 0x73, 0x6b, 0x11, 0xb9, 0x2f};

static bool has_known_sha256(const std::vector<char> &bytes) {
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, bytes.size(), (const uint8_t *)bytes.data());
    sha256_digest(&context, sizeof digest, digest);
    return memcmp(digest, LANDMARKS_SHA256, sizeof digest) == 0;
}

// The bytes that were checked are the bytes that are parsed, whatever happens to the file
// meanwhile.
static bool load_landmarks(const char *path, dlib::shape_predictor &predictor) {
    static const char remedy[] = "apt-get install libdlib-data brings the right one";
    std::vector<char> bytes;
    const char *problem = file_bytes_read(path, LANDMARKS_LIMIT, bytes);
    if (problem) {
        LOG(ERROR, "cannot read the landmark model %s: %s; %s", path, problem, remedy);
        return false;
    }
    if (!has_known_sha256(bytes)) {
        LOG(ERROR, "%s is not the landmark model that smilecam knows (its SHA-256 differs); %s",
            path, remedy);
        return false;
    }
    dlib::vectorstream stream(bytes);
    dlib::deserialize(predictor, stream);
    return true;
}

static const char *landmark_path(const char *asked) {
    const char *set = getenv("SMILECAM_LANDMARKS");
    return asked ? asked : set && *set ? set : DEBIAN_LANDMARKS;
}

struct face_finder *face_finder_create(const char *landmark_file) {
    return guarded("load the face finder", (face_finder *)nullptr, [&]() -> face_finder * {
        auto finder = std::make_unique<face_finder>();
        if (!load_landmarks(landmark_path(landmark_file), finder->predictor)) {
            return nullptr;
        }
        finder->detector = dlib::get_frontal_face_detector();
        return finder.release();
    });
}

void face_finder_destroy(struct face_finder *finder) {
    delete finder;
}

// ---- finding ----

// The detector's memory grows with the area, about 7 bytes a pixel, and its time, about 70 ns a
// pixel.
static const double MAX_SEARCHED_PIXELS = 32e6;
// dlib's window is 80 pixels; it may hang a little over the border, but not by more than half.
static const int MIN_SEARCHED_SIDE = 40;

// The picture at the scale, in the finder's own memory unless it is the picture itself.
static struct image scaled_view(face_finder *finder, const struct image *grey, float scale) {
    double most = std::sqrt(MAX_SEARCHED_PIXELS / ((double)grey->width * grey->height));
    double factor = std::min((double)scale, most);
    int width = std::max(1, (int)std::lround(grey->width * factor));
    int height = std::max(1, (int)std::lround(grey->height * factor));
    if (width == grey->width && height == grey->height) {
        return *grey;
    }
    cv::resize(mat_of(grey), finder->scaled, cv::Size(width, height), 0, 0,
               factor < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    return {finder->scaled.data, width, height, (ptrdiff_t)finder->scaled.step, PIXEL_GREY8};
}

static struct box box_of(const dlib::rectangle &r, float x_scale, float y_scale) {
    return {(float)r.left() * x_scale, (float)r.top() * y_scale, (float)r.width() * x_scale,
            (float)r.height() * y_scale};
}

// Sixteenths of a pixel, counted at their centres, from pixels counted at their corner; and back.
static long to_fine(float x) {
    return std::lround(FINE * x - 0.5f);
}
static float from_fine(long x) {
    return ((float)x + 0.5f) / FINE;
}

static void predict(const face_finder *finder, const struct image *grey, struct box box,
                    struct point landmarks[N_LANDMARKS]) {
    dlib::rectangle square(to_fine(box.x + 0.5f), to_fine(box.y + 0.5f),
                           to_fine(box.x + box.w - 0.5f), to_fine(box.y + box.h - 0.5f));
    dlib::full_object_detection shape = finder->predictor(fine_view{grey}, square);
    for (unsigned long i = 0; i < N_LANDMARKS; i++) {
        landmarks[i] = {from_fine(shape.part(i).x()), from_fine(shape.part(i).y())};
    }
}

static int find(face_finder *finder, const struct image *grey, float scale, float threshold,
                struct face *faces, int capacity) {
    struct image searched = scaled_view(finder, grey, scale);
    if (std::min(searched.width, searched.height) < MIN_SEARCHED_SIDE) {
        return 0;
    }
    std::vector<dlib::rect_detection> found; // comes sorted, the most confident first
    finder->detector(grey_view{&searched}, found, (double)threshold);
    int n = std::min((int)found.size(), capacity);
    float x_scale = (float)grey->width / (float)searched.width;
    float y_scale = (float)grey->height / (float)searched.height;
    for (int i = 0; i < n; i++) {
        faces[i].box = box_of(found[(std::size_t)i].rect, x_scale, y_scale);
        faces[i].confidence = (float)found[(std::size_t)i].detection_confidence;
        predict(finder, grey, faces[i].box, faces[i].landmarks);
    }
    return n;
}

int face_finder_find(struct face_finder *finder, const struct image *grey, float scale,
                     float threshold, struct face *faces, int capacity) {
    assert(grey->format == PIXEL_GREY8 && grey->width > 0 && grey->height > 0);
    assert(scale > 0 && capacity >= 0);
    return guarded("look for faces", -1,
                   [&] { return find(finder, grey, scale, threshold, faces, capacity); });
}

// Far outside any picture the predictor would overflow.
static bool is_sane(float x) {
    return std::fabs(x) <= 4.0f * IMAGE_MAX_SIDE;
}

bool face_finder_landmarks(struct face_finder *finder, const struct image *grey, struct box box,
                           struct point landmarks[N_LANDMARKS]) {
    assert(grey->format == PIXEL_GREY8 && grey->width > 0 && grey->height > 0);
    return guarded("place landmarks", false, [&] {
        if (!(is_sane(box.x) && is_sane(box.y) && is_sane(box.w) && is_sane(box.h)) || box.w < 2 ||
            box.h < 2) {
            LOG(ERROR, "no face fits into a box of %gx%g pixels at (%g, %g)", (double)box.w,
                (double)box.h, (double)box.x, (double)box.y);
            return false;
        }
        predict(finder, grey, box, landmarks);
        return true;
    });
}

// ---- the aligned chip ----

// Where the chip lies in the picture. dlib takes landmarks in whole pixels only, so they go in fine
// pixels, and the square that comes out is brought back.
static dlib::chip_details chip_place(const struct point landmarks[N_LANDMARKS], float padding,
                                     int size) {
    std::vector<dlib::point> parts(N_LANDMARKS);
    for (std::size_t i = 0; i < N_LANDMARKS; i++) {
        parts[i] = dlib::point(to_fine(landmarks[i].x), to_fine(landmarks[i].y));
    }
    dlib::full_object_detection shape(dlib::rectangle(), parts);
    dlib::chip_details place = get_face_chip_details(shape, (unsigned long)size, (double)padding);
    dlib::dpoint centre = dlib::dcenter(place.rect);
    centre.x() = (centre.x() + 0.5) / FINE - 0.5;
    centre.y() = (centre.y() + 0.5) / FINE - 0.5;
    place.rect =
        dlib::centered_drect(centre, place.rect.width() / FINE, place.rect.height() / FINE);
    return place;
}

// Whether the circle inside the square reaches into the picture: with an empty intersection dlib's
// pyramid has nothing to stand on.
static bool touches(const dlib::chip_details &place, const struct image *grey) {
    dlib::dpoint centre = dlib::dcenter(place.rect);
    double radius = place.rect.width() / 2;
    return centre.x() + radius > 0 && centre.y() + radius > 0 &&
           centre.x() - radius < grey->width - 1 && centre.y() - radius < grey->height - 1;
}

// dlib takes pixel p of one pyramid level to p / 2 - (1.25, 0.75) of the next, though its filter
// centres it at p / 2 - (1, 1). The error doubles from level to level, so a chip would jump by half
// a pixel when a face comes nearer; moving the square beforehand undoes it.
static void undo_pyramid_shift(dlib::chip_details &place) {
    dlib::pyramid_down<2> pyramid;
    double error = 0, step = 0.5;
    dlib::drectangle rect = pyramid.rect_down(place.rect);
    for (; rect.area() > (double)place.size(); rect = pyramid.rect_down(rect)) {
        error += step;
        step *= 2;
    }
    place.rect = dlib::translate_rect(place.rect, dlib::dpoint(error, -error));
}

static void cut(const struct image *grey, const dlib::chip_details &place, struct image *chip) {
    dlib::array2d<unsigned char> pixels;
    dlib::extract_image_chip(grey_view{grey}, place, pixels, dlib::interpolate_bilinear());
    for (int y = 0; y < chip->height; y++) {
        memcpy(chip->data + y * chip->stride, &pixels[y][0], (std::size_t)chip->width);
    }
}

static bool are_sane(const struct point landmarks[N_LANDMARKS]) {
    return std::all_of(landmarks, landmarks + N_LANDMARKS,
                       [](const struct point &p) { return is_sane(p.x) && is_sane(p.y); });
}

bool face_chip(const struct image *grey, const struct point landmarks[N_LANDMARKS], float padding,
               struct image *chip) {
    assert(grey->format == PIXEL_GREY8 && chip->format == PIXEL_GREY8);
    assert(chip->width == chip->height && chip->width > 1 && padding >= 0);
    return guarded("cut out a face", false, [&] {
        dlib::chip_details place;
        if (are_sane(landmarks)) {
            place = chip_place(landmarks, padding, chip->width);
        }
        if (!(place.rect.width() >= 1)) { // also when it is not a number
            LOG(ERROR, "the landmarks do not span a face");
            return false;
        }
        undo_pyramid_shift(place);
        if (touches(place, grey)) {
            cut(grey, place, chip);
        } else {
            for (int y = 0; y < chip->height; y++) {
                memset(chip->data + y * chip->stride, 0, (std::size_t)chip->width);
            }
        }
        return true;
    });
}
