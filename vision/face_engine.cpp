// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// dlib behind its table. Compiled once per instruction set, each time as a module of its own.
#include "vision/face_engine.hpp"

#include "vision/dlib_image.hpp"
#include "vision/memory_buffer.hpp"

#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_processing/shape_predictor.h>
#include <dlib/image_transforms/interpolation.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <istream>
#include <memory>
#include <stdexcept>

// ---- landmarks ----

struct landmark_model {
    dlib::shape_predictor predictor;
};

static landmark_model *landmarks_load(const char *bytes, std::size_t n) {
    auto model = std::make_unique<landmark_model>();
    memory_buffer buffer(bytes, n);
    std::istream stream(&buffer);
    dlib::deserialize(model->predictor, stream);
    if (model->predictor.num_parts() != N_LANDMARKS) {
        throw std::runtime_error("the file does not hold 68 landmarks");
    }
    return model.release();
}

static void landmarks_free(landmark_model *model) {
    delete model;
}

// Sixteenths of a pixel, counted at their centres, from pixels counted at their corner; and back.
static long to_fine(float x) {
    return std::lround(FINE * x - 0.5f);
}

static float from_fine(long x) {
    return ((float)x + 0.5f) / FINE;
}

static void landmarks_place(const landmark_model *model, const struct image *grey,
                            struct box square, struct point landmarks[N_LANDMARKS]) {
    dlib::rectangle place(to_fine(square.x + 0.5f), to_fine(square.y + 0.5f),
                          to_fine(square.x + square.w - 0.5f), to_fine(square.y + square.h - 0.5f));
    dlib::full_object_detection shape = model->predictor(fine_view{grey}, place);
    for (unsigned long i = 0; i < N_LANDMARKS; i++) {
        landmarks[i] = {from_fine(shape.part(i).x()), from_fine(shape.part(i).y())};
    }
}

// ---- faces ----

// A detector keeps its memory from picture to picture.
struct hog_scanner {
    dlib::frontal_face_detector detector;
};

static hog_scanner *scanner_create() {
    static const dlib::frontal_face_detector unpacked = dlib::get_frontal_face_detector();
    return new hog_scanner{unpacked};
}

static void scanner_free(hog_scanner *scanner) {
    delete scanner;
}

static int scan(hog_scanner *scanner, const struct image *grey, float threshold,
                struct face_box *squares, int capacity) {
    std::vector<dlib::rect_detection> found; // comes sorted, the most confident first
    scanner->detector(grey_view{grey}, found, (double)threshold);
    int n = std::min((int)found.size(), capacity);
    for (int i = 0; i < n; i++) {
        const dlib::rect_detection &one = found[(std::size_t)i];
        squares[i].box = {(float)one.rect.left(), (float)one.rect.top(), (float)one.rect.width(),
                          (float)one.rect.height()};
        squares[i].score = (float)one.detection_confidence;
    }
    return n;
}

// ---- the aligned chip ----

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

// False when the place is too small, or not a number.
static bool cut_place(const struct image *grey, dlib::chip_details place, struct image *chip) {
    if (!(place.rect.width() >= 1)) {
        return false;
    }
    undo_pyramid_shift(place);
    if (touches(place, grey)) {
        cut(grey, place, chip);
        return true;
    }
    for (int y = 0; y < chip->height; y++) {
        memset(chip->data + y * chip->stride, 0, (std::size_t)chip->width);
    }
    return true;
}

// dlib counts from the middle of a pixel.
static bool cut_square(const struct image *grey, const face_place &place, struct image *chip) {
    dlib::dpoint middle((double)place.x - 0.5, (double)place.y - 0.5);
    dlib::drectangle square = dlib::centered_drect(middle, (double)place.side, (double)place.side);
    dlib::chip_dims dims((unsigned long)chip->height, (unsigned long)chip->width);
    return cut_place(grey, dlib::chip_details(square, dims, (double)place.angle), chip);
}

// ---- the table ----

extern "C" __attribute__((visibility("default"))) const struct face_engine *smilecam_face_engine() {
    static const struct face_engine engine = {
        .name = ENGINE_NAME,
        .landmarks_load = landmarks_load,
        .landmarks_free = landmarks_free,
        .landmarks_place = landmarks_place,
        .scanner_create = scanner_create,
        .scanner_free = scanner_free,
        .scan = scan,
        .cut = cut_square,
        .points_load = points_predictor_load,
        .points_free = points_predictor_free,
        .points_place = points_predictor_place,
        .points_train = points_predictor_train,
    };
    return &engine;
}
