// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/face_engine.hpp"
#include "vision/file_bytes.hpp"
#include "vision/guard.hpp"
#include "vision/mat.hpp"

#include <nettle/sha2.h>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <future>
#include <memory>
#include <string>

// What a finder and its clones share.
struct shared_landmarks {
    const struct face_engine &engine;
    landmark_model *model;
    shared_landmarks(const struct face_engine &from, const file_bytes &bytes)
        : engine(from), model(from.landmarks_load(bytes.data(), bytes.size())) {}
    shared_landmarks(const shared_landmarks &) = delete;
    ~shared_landmarks() { engine.landmarks_free(model); }
};

struct face_finder {
    const struct face_engine &engine;
    std::shared_ptr<shared_landmarks> landmarks;
    face_detector *detector;
    cv::Mat scaled; // kept, so that a steady stream of frames allocates once
    face_finder(const struct face_engine &from, std::shared_ptr<shared_landmarks> shared)
        : engine(from), landmarks(std::move(shared)), detector(from.detector_create()) {}
    face_finder(const face_finder &) = delete;
    ~face_finder() { engine.detector_free(detector); }
};

// ---- the landmark file ----

static const char DEBIAN_LANDMARKS[] = "/usr/share/dlib/shape_predictor_68_face_landmarks.dat";
static const std::size_t LANDMARKS_LIMIT = 128 << 20;
static const uint8_t LANDMARKS_SHA256[SHA256_DIGEST_SIZE] = {
    0xfb, 0xdc, 0x2c, 0xb8, 0x0e, 0xb9, 0xaa, 0x7a, 0x75, 0x86, 0x72, 0xcb, 0xfd, 0xda, 0x32, 0xba,
    0x63, 0x00, 0xef, 0xe9, 0xb6, 0xe6, 0xc7, 0xa2, 0x99, 0xff, 0x7e, 0x73, 0x6b, 0x11, 0xb9, 0x2f};

static bool has_known_sha256(const file_bytes &bytes) {
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, bytes.size(), (const uint8_t *)bytes.data());
    sha256_digest(&context, sizeof digest, digest);
    return memcmp(digest, LANDMARKS_SHA256, sizeof digest) == 0;
}

// The bytes that were checked are the bytes that are parsed, whatever happens to the file
// meanwhile.
static bool read_landmarks(const char *path, bool trusted, file_bytes &bytes) {
    static const char remedy[] = "apt-get install libdlib-data brings the right one";
    const char *problem = file_bytes_read(path, LANDMARKS_LIMIT, bytes);
    if (problem) {
        LOG(ERROR, "cannot read the landmark model %s: %s; %s", path, problem, remedy);
        return false;
    }
    if (!trusted && !has_known_sha256(bytes)) {
        LOG(ERROR,
            "%s is not the landmark model that smilecam knows (its SHA-256 differs); %s, and "
            "--trust takes this one if you know who made it",
            path, remedy);
        return false;
    }
    return true;
}

struct face_finder *face_finder_create(const struct landmark_file *landmarks) {
    return guarded("load the face finder", (face_finder *)nullptr, [&]() -> face_finder * {
        file_bytes bytes;
        const struct face_engine &engine = face_engine_load();
        // The detector's filters are packed as well; the first one unpacks them for all.
        auto unpacked =
            std::async(std::launch::async, [&] { engine.detector_free(engine.detector_create()); });
        struct landmark_file file = landmarks ? *landmarks : landmark_file{};
        std::string path = file.path ? file.path : DEBIAN_LANDMARKS;
        if (!read_landmarks(path.c_str(), file.trusted, bytes)) {
            return nullptr;
        }
        auto shared =
            guarded(("use the landmark model " + path).c_str(), std::shared_ptr<shared_landmarks>(),
                    [&] { return std::make_shared<shared_landmarks>(engine, bytes); });
        unpacked.get();
        return shared ? new face_finder(engine, shared) : nullptr;
    });
}

struct face_finder *face_finder_clone(const struct face_finder *finder) {
    return guarded("load another face finder", (face_finder *)nullptr,
                   [&] { return new face_finder(finder->engine, finder->landmarks); });
}

void face_finder_destroy(struct face_finder *finder) {
    delete finder;
}

const char *face_finder_instructions(const struct face_finder *finder) {
    return finder->engine.name;
}

// ---- finding ----

// The detector's memory grows with the area, about 7 bytes a pixel, and its time, about 70 ns a
// pixel.
static const double MAX_SEARCHED_PIXELS = 32e6;
// dlib's window is 80 pixels; it may hang a little over the border, but not by more than half.
static const int MIN_SEARCHED_SIDE = 40;

static const float DETECTOR_PX = 80; // the smallest face that dlib's detector finds

float face_finder_scale(float min_face_px) {
    return std::min(std::max(DETECTOR_PX / min_face_px, 0.02f), 2.0f);
}

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

static void place(const face_finder *finder, const struct image *grey, struct face *face) {
    finder->engine.landmarks_place(finder->landmarks->model, grey, face->box, face->landmarks);
}

static int detect(face_finder *finder, const struct image *grey, const struct face_search *search,
                  struct face *faces, int capacity) {
    struct image searched = scaled_view(finder, grey, search->scale);
    if (std::min(searched.width, searched.height) < MIN_SEARCHED_SIDE) {
        return 0;
    }
    int n = finder->engine.detect(finder->detector, &searched, search->levels, search->threshold,
                                  faces, capacity);
    float x_scale = (float)grey->width / (float)searched.width;
    float y_scale = (float)grey->height / (float)searched.height;
    for (int i = 0; i < n; i++) {
        struct box box = faces[i].box;
        faces[i].box = {box.x * x_scale, box.y * y_scale, box.w * x_scale, box.h * y_scale};
    }
    return n;
}

int face_finder_detect(struct face_finder *finder, const struct image *grey,
                       const struct face_search *search, struct face *faces, int capacity) {
    assert(grey->format == PIXEL_GREY8 && grey->width > 0 && grey->height > 0);
    assert(search->scale > 0 && search->levels >= 0 && capacity >= 0);
    return guarded("look for faces", -1,
                   [&] { return detect(finder, grey, search, faces, capacity); });
}

int face_finder_find(struct face_finder *finder, const struct image *grey, float scale,
                     float threshold, struct face *faces, int capacity) {
    struct face_search search = {scale, 0, threshold};
    int n = face_finder_detect(finder, grey, &search, faces, capacity);
    return guarded("place landmarks", -1, [&] {
        for (int i = 0; i < n; i++) {
            place(finder, grey, &faces[i]);
        }
        return n;
    });
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
        finder->engine.landmarks_place(finder->landmarks->model, grey, box, landmarks);
        return true;
    });
}

// ---- the aligned chip ----

static bool are_sane(const struct point landmarks[N_LANDMARKS]) {
    return std::all_of(landmarks, landmarks + N_LANDMARKS,
                       [](const struct point &p) { return is_sane(p.x) && is_sane(p.y); });
}

bool face_chip(const struct image *grey, const struct point landmarks[N_LANDMARKS], float padding,
               struct image *chip) {
    assert(grey->format == PIXEL_GREY8 && chip->format == PIXEL_GREY8);
    assert(chip->width == chip->height && chip->width > 1 && padding >= 0);
    return guarded("cut out a face", false, [&] {
        if (!are_sane(landmarks) || !face_engine_load().chip(grey, landmarks, padding, chip)) {
            LOG(ERROR, "the landmarks do not span a face");
            return false;
        }
        return true;
    });
}

bool face_chip_place(const struct point landmarks[N_LANDMARKS], float padding,
                     struct point corners[4]) {
    assert(padding >= 0);
    return guarded("place a face", false, [&] {
        if (!are_sane(landmarks)) {
            return false;
        }
        face_engine_load().chip_place(landmarks, padding, corners);
        return std::all_of(corners, corners + 4, [](const struct point &p) {
            return std::isfinite(p.x) && std::isfinite(p.y);
        });
    });
}
