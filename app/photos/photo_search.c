// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/photo_search.h"

#include "app/faces/face_detector.h"
#include "app/system/clock.h"
#include "app/system/model_files.h"

#include "core/base/log.h"

#include <stdlib.h>

// The smallest face that each step looks for, by the photograph's longer side.
#define MIN_FACE (1 / 32.0f)
#define MIN_FACE_ENLARGED (1 / 107.0f)

struct photo_finder {
    struct face_detector *detector;
    struct face_points *points;
};

struct photo_finder *photo_finder_create(void) {
    struct photo_finder *finder = calloc(1, sizeof *finder);
    char path[MODEL_PATH_LEN];
    if (!finder) {
        log_no_memory("the search for faces");
        return NULL;
    }
    if ((finder->detector = face_detector_create(&(struct face_detector_options){0})) &&
        (finder->points = face_points_create(model_file_landmarks(path)))) {
        return finder;
    }
    photo_finder_destroy(finder);
    return NULL;
}

void photo_finder_destroy(struct photo_finder *finder) {
    if (finder) {
        face_points_destroy(finder->points);
        face_detector_destroy(finder->detector);
        free(finder);
    }
}

// The faces that are sure, the surest first.
static int find(struct photo_finder *finder, const struct image *grey, float min_face_px,
                struct face *faces, int capacity) {
    struct face_box found[MAX_FACES];
    int most = capacity < MAX_FACES ? capacity : MAX_FACES, n = 0;
    int n_found = face_detector_find(finder->detector, grey, min_face_px, found, most);
    float start = face_detector_thresholds(finder->detector).start;
    for (; n < n_found && found[n].score >= start; n++) {
        faces[n] = (struct face){.box = found[n].box, .confidence = found[n].score};
        if (!face_points_place(finder->points, grey, faces[n].box, faces[n].points)) {
            return -1;
        }
    }
    return n_found < 0 ? -1 : n;
}

// The likeliest place in a portrait.
static int find_best(struct photo_finder *finder, const struct image *grey, float min_face_px,
                     struct face *face) {
    struct face_box best;
    int n = face_detector_best_match(finder->detector, grey, min_face_px, &best);
    if (n == 1) {
        *face = (struct face){.box = best.box, .confidence = best.score};
        n = face_points_place(finder->points, grey, face->box, face->points) ? 1 : -1;
    }
    return n;
}

static int take_step(struct photo_finder *finder, enum photo_step step, const struct image *grey,
                     struct face *faces, int capacity) {
    int side = grey->width > grey->height ? grey->width : grey->height;
    float least = (step == PHOTO_ENLARGED ? MIN_FACE_ENLARGED : MIN_FACE) * (float)side;
    return step == PHOTO_BEST_MATCH ? find_best(finder, grey, least, faces)
                                    : find(finder, grey, least, faces, capacity);
}

int photo_find_faces(struct photo_finder *finder, const struct image *bgr, bool portrait,
                     struct image *grey_storage, struct face *faces, int capacity,
                     struct photo_search *search) {
    struct photo_search ignored = {0};
    search = search ? search : &ignored;
    *search = (struct photo_search){.step = PHOTO_AS_IS};
    if (!image_resize_storage(grey_storage, bgr->width, bgr->height, PIXEL_GREY8) ||
        !picture_convert(bgr, grey_storage)) {
        return -1;
    }
    int n = 0;
    enum photo_step step = PHOTO_AS_IS, last = portrait ? PHOTO_BEST_MATCH : PHOTO_ENLARGED;
    for (; n == 0 && step <= last; step += n == 0) {
        int64_t begun_ns = clock_now_ns();
        n = take_step(finder, step, grey_storage, faces, capacity);
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
