// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "photo.h"

#define PHOTO_SEARCH_SIDE 1600 // pixels
#define FAINT -0.5f            // the last resort's threshold

int photo_find_faces(struct face_finder *finder, const struct image *bgr, bool portrait,
                     struct image *grey_storage, struct face *faces, int capacity) {
    if (!image_resize_storage(grey_storage, bgr->width, bgr->height, PIXEL_GREY8) ||
        !picture_convert(bgr, grey_storage)) {
        return -1;
    }
    int side = bgr->width > bgr->height ? bgr->width : bgr->height;
    float scale = side > PHOTO_SEARCH_SIDE ? (float)PHOTO_SEARCH_SIDE / (float)side : 1;
    int n = face_finder_find(finder, grey_storage, scale, 0, faces, capacity);
    if (n == 0) {
        n = face_finder_find(finder, grey_storage, 2 * scale, 0, faces, capacity);
    }
    if (n == 0 && portrait) {
        n = face_finder_find(finder, grey_storage, 2 * scale, FAINT, faces, 1);
    }
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
