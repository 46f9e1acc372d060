// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/face_place.hpp"
#include "vision/face_engine.hpp"
#include "vision/file_bytes.hpp"
#include "vision/guard.hpp"

#include <nettle/sha2.h>

#include <cassert>
#include <cstring>
#include <memory>
#include <string>

struct landmarks {
    const struct face_engine &engine;
    landmark_model *model;
    landmarks(const struct face_engine &from, const file_bytes &bytes)
        : engine(from), model(from.landmarks_load(bytes.data(), bytes.size())) {}
    landmarks(const landmarks &) = delete;
    ~landmarks() { engine.landmarks_free(model); }
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

struct landmarks *landmarks_create(const struct landmark_file *file) {
    std::string path = file && file->path ? file->path : DEBIAN_LANDMARKS;
    return guarded(("use the landmark model " + path).c_str(), (landmarks *)nullptr,
                   [&]() -> landmarks * {
                       file_bytes bytes;
                       return read_landmarks(path.c_str(), file && file->trusted, bytes)
                                  ? new landmarks(face_engine_load(), bytes)
                                  : nullptr;
                   });
}

void landmarks_destroy(struct landmarks *landmarks) {
    delete landmarks;
}

bool landmarks_place(const struct landmarks *landmarks, const struct image *grey, struct box face,
                     struct point points[N_LANDMARKS]) {
    assert(grey->format == PIXEL_GREY8 && grey->width > 0 && grey->height > 0);
    return guarded("place landmarks", false, [&] {
        if (!face_box_is_sane(face)) {
            return false;
        }
        landmarks->engine.landmarks_place(landmarks->model, grey, face_square_of_box(face), points);
        return true;
    });
}
