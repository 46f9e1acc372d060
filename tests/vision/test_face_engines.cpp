// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Every build of dlib's code gives the same faces, landmarks and chips to the last bit.

#include "vision/face_engine.hpp"

extern "C" {
#include "app/sources/demo/demo_face.h"
}

#include <csetjmp>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>
#include <dlfcn.h>
extern "C" {
#include <cmocka.h>
}

static const char LANDMARKS[] = "/usr/share/dlib/shape_predictor_68_face_landmarks.dat";

struct result {
    int n;
    struct face_box squares[4];
    struct point landmarks[N_LANDMARKS];
    uint8_t chip[80 * 80];
};

static const struct face_engine *load(const char *name) {
    std::string path = std::string(SMILECAM_MODULES) + "/smilecam-faces-" + name + ".so";
    void *module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void *symbol = module ? dlsym(module, FACE_ENGINE_SYMBOL) : nullptr;
    return symbol ? reinterpret_cast<face_engine_function *>(symbol)() : nullptr;
}

static std::vector<char> read_landmarks() {
    std::vector<char> bytes;
    if (FILE *file = fopen(LANDMARKS, "rb")) {
        char chunk[1 << 16];
        for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) {
            bytes.insert(bytes.end(), chunk, chunk + n);
        }
        fclose(file);
    }
    return bytes;
}

struct built {
    const struct face_engine *engine;
    landmark_model *model;
    hog_scanner *scanner;
    struct result result;
};

static bool start(const char *name, struct built *built) {
    built->engine = load(name);
    if (built->engine) {
        std::vector<char> bytes = read_landmarks();
        built->model = built->engine->landmarks_load(bytes.data(), bytes.size());
        built->scanner = built->engine->scanner_create();
    }
    return built->engine != nullptr;
}

static void run(struct built *built, const struct image *grey) {
    const struct face_engine *engine = built->engine;
    struct result *result = &built->result;
    memset(result, 0, sizeof *result);
    result->n = engine->scan(built->scanner, grey, -0.5f, result->squares, 4);
    assert_in_range(result->n, 1, 4);
    struct box square = result->squares[0].box;
    engine->landmarks_place(built->model, grey, square, result->landmarks);
    struct image chip = {result->chip, 80, 80, 80, PIXEL_GREY8};
    face_place place = {square.x + square.w / 2, square.y + square.h / 2, 1.1f * square.w, 0.1f,
                        false};
    assert_true(engine->cut(grey, place, &chip));
}

static void finish(struct built *built) {
    built->engine->scanner_free(built->scanner);
    built->engine->landmarks_free(built->model);
}

static void test_engines_agree(void **) {
    static struct built generic, v3;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        skip();
    }
    assert_true(start("generic", &generic) && start("x86-64-v3", &v3));
    struct image picture = {}, grey = {};
    assert_true(image_init(&picture, 640, 480, PIXEL_BGRX32));
    assert_true(image_init(&grey, 640, 480, PIXEL_GREY8));
    for (int i = 0; i < 6; i++) {
        demo_draw(&picture, 0.2 * i);
        assert_true(picture_convert(&picture, &grey));
        run(&generic, &grey);
        run(&v3, &grey);
        assert_memory_equal(&generic.result, &v3.result, sizeof v3.result);
    }
    image_finish(&picture);
    image_finish(&grey);
    finish(&generic);
    finish(&v3);
}

int main() {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_engines_agree)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
