// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/face_fade.h"

#include <string.h>

// Whether the face is there still, or another one in its place.
static bool is_replaced(const struct face_view *face, const struct analysis *analysis) {
    struct point centre = box_centre(&face->box);
    for (int i = 0; i < analysis->n_faces; i++) {
        const struct face_view *other = &analysis->faces[i];
        if (other->id == face->id || box_contains(&other->box, centre)) {
            return true;
        }
    }
    return false;
}

void face_fade_apply(struct face_fade *fade, double t, struct analysis *analysis) {
    double passed = t - fade->t;
    bool goes_on = passed >= 0 && passed < FACE_FADE_S; // else another scene, or a long pause
    for (int i = 0; goes_on && i < fade->n_faces && analysis->n_faces < MAX_FACES; i++) {
        struct face_view *face = &fade->faces[i];
        if (!is_replaced(face, analysis) && face->unseen_s + passed < FACE_FADE_S) {
            face->unseen_s += passed;
            face->seen = false;
            face->map.width = 0;
            analysis->faces[analysis->n_faces++] = *face;
        }
    }
    fade->t = t;
    fade->n_faces = analysis->n_faces;
    memcpy(fade->faces, analysis->faces, sizeof *fade->faces * (size_t)analysis->n_faces);
}
