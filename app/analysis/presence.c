// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/presence.h"

#include <math.h>

static struct present_face *find(struct presence *presence, int id) {
    for (int i = 0; i < presence->n; i++) {
        if (presence->faces[i].id == id) {
            return &presence->faces[i];
        }
    }
    return NULL;
}

static void take_event(struct presence *presence, const struct smile_event *event) {
    struct present_face *face = find(presence, event->face);
    if (event->kind == EVENT_FACE_ENTER && !face && presence->n < MAX_FACES) {
        presence->faces[presence->n++] = (struct present_face){.id = event->face};
    } else if (event->kind == EVENT_FACE_LEAVE && face) {
        *face = presence->faces[--presence->n];
    } else if (event->kind == EVENT_SMILE_START && face) {
        face->smiling = true;
        face->begin_s = event->t;
        face->peak = event->score;
    } else if (event->kind == EVENT_SMILE_END && face) {
        face->smiling = false;
    }
}

void presence_follow(struct presence *presence, double t, const struct analysis *analysis) {
    presence->t = t;
    for (int i = 0; i < analysis->n_events; i++) {
        take_event(presence, &analysis->events[i]);
    }
    for (int i = 0; i < analysis->n_faces; i++) {
        const struct face_view *view = &analysis->faces[i];
        struct present_face *face = find(presence, view->id);
        if (face) {
            face->score = view->score;
            face->peak = fmaxf(face->peak, view->score);
            face->box = view->box;
        }
    }
}

static void end(const struct presence *presence, const struct present_face *face,
                enum smile_event_kind kind, struct analysis *analysis) {
    bool smile = kind == EVENT_SMILE_END;
    analysis->events[analysis->n_events++] =
        (struct smile_event){.kind = kind,
                             .t = presence->t,
                             .face = face->id,
                             .score = face->score,
                             .box = face->box,
                             .duration_s = smile ? fmax(presence->t - face->begin_s, 0) : 0,
                             .peak = smile ? face->peak : 0,
                             .cut = true};
}

bool presence_cut(struct presence *presence, struct analysis *analysis) {
    analysis->n_faces = analysis->n_events = 0;
    for (int i = 0; i < presence->n; i++) {
        if (presence->faces[i].smiling) {
            end(presence, &presence->faces[i], EVENT_SMILE_END, analysis);
        }
        end(presence, &presence->faces[i], EVENT_FACE_LEAVE, analysis);
    }
    presence->n = 0;
    return analysis->n_events > 0;
}
