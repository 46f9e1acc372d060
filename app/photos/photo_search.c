// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/photo_search.h"

#include "app/system/clock.h"

#include <math.h>

#define PHOTO_SEARCH_SIDE 1600 // pixels
#define MIN_CONFIDENCE -0.6f   // of the best match
#define TURN 0.1745f           // radians, ten degrees
#define MAX_TURNS 3            // either way

// A point of the turned picture back in the one it was turned from.
static struct point turn_back(struct point p, float radians, const struct image *picture) {
    float middle_x = 0.5f * (float)picture->width, middle_y = 0.5f * (float)picture->height;
    float x = p.x - middle_x, y = p.y - middle_y, c = cosf(radians), s = sinf(radians);
    return (struct point){middle_x + c * x - s * y, middle_y + s * x + c * y};
}

static void turn_face_back(struct face *face, float radians, const struct image *picture) {
    struct point centre = turn_back(box_centre(&face->box), radians, picture);
    face->box = box_around(centre, face->box.w, face->box.h);
    for (int i = 0; i < N_LANDMARKS; i++) {
        face->landmarks[i] = turn_back(face->landmarks[i], radians, picture);
    }
}

// The best match for a face in a picture that shows one: its light evened out, turned step by step.
// Returns 1, 0 without any match, -1 on failure.
static int find_best_match(struct face_finder *finder, const struct image *grey, float scale,
                           struct face *best) {
    struct image even = {0}, turned = {0};
    int n = image_init(&even, grey->width, grey->height, PIXEL_GREY8) &&
                    image_init(&turned, grey->width, grey->height, PIXEL_GREY8) &&
                    picture_equalise(grey, &even)
                ? 0
                : -1;
    float min_confidence = MIN_CONFIDENCE;
    for (int i = -MAX_TURNS; n >= 0 && i <= MAX_TURNS; i++) {
        struct face face;
        float radians = TURN * (float)i;
        int found = picture_turn(&even, radians, &turned)
                        ? face_finder_find(finder, &turned, scale, min_confidence, &face, 1)
                        : -1;
        if (found > 0) {
            turn_face_back(&face, radians, grey);
            *best = face;
            min_confidence = face.confidence;
        }
        n = found != 0 ? found : n;
    }
    image_finish(&even);
    image_finish(&turned);
    return n;
}

int photo_find_faces(struct face_finder *finder, const struct image *bgr, bool portrait,
                     struct image *grey_storage, struct face *faces, int capacity,
                     struct photo_search *search) {
    struct photo_search ignored = {.step = PHOTO_AS_IS};
    search = search ? search : &ignored;
    *search = (struct photo_search){.step = PHOTO_AS_IS};
    if (!image_resize_storage(grey_storage, bgr->width, bgr->height, PIXEL_GREY8) ||
        !picture_convert(bgr, grey_storage)) {
        return -1;
    }
    int side = bgr->width > bgr->height ? bgr->width : bgr->height;
    float scale = side > PHOTO_SEARCH_SIDE ? (float)PHOTO_SEARCH_SIDE / (float)side : 1;
    int n = 0;
    enum photo_step step = PHOTO_AS_IS, last = portrait ? PHOTO_BEST_MATCH : PHOTO_ENLARGED;
    for (; n == 0 && step <= last; step += n == 0) {
        int64_t begun_ns = clock_now_ns();
        if (step != PHOTO_BEST_MATCH) {
            n = face_finder_find(finder, grey_storage, step == PHOTO_AS_IS ? scale : 2 * scale, 0,
                                 faces, capacity);
        } else {
            n = find_best_match(finder, grey_storage, 2 * scale, faces);
        }
        search->took_ns[step] = clock_now_ns() - begun_ns;
    }
    search->step = n > 0 ? step : PHOTO_NO_FACE;
    return n;
}

int photo_main_face(const struct face *faces, int n) {
    int main_face = 0;
    for (int i = 1; i < n; i++) {
        main_face = faces[i].confidence > faces[main_face].confidence ? i : main_face;
    }
    // A weak large find beside a clear face is more often a curtain than a person.
    float clear = faces[main_face].confidence / 3;
    for (int i = 0; i < n; i++) {
        if (faces[i].confidence >= clear && faces[i].box.w > faces[main_face].box.w) {
            main_face = i;
        }
    }
    return main_face;
}
