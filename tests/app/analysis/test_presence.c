// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// What is still on at the end is ended once, with the duration and the peak that it had by then.
#include "app/analysis/presence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct analysis analysis, ends;

static void put(enum smile_event_kind kind, double t, int face, float score) {
    analysis.events[analysis.n_events++] =
        (struct smile_event){.kind = kind, .t = t, .face = face, .score = score};
}

static void see(int face, float score) {
    analysis.faces[analysis.n_faces++] =
        (struct face_view){.id = face, .score = score, .box = {1, 2, 3, (float)face}};
}

static void follow(struct presence *presence, double t) {
    presence_follow(presence, t, &analysis);
    analysis.n_events = analysis.n_faces = 0;
}

static void check(int i, enum smile_event_kind kind, int face, double duration_s, double peak) {
    const struct smile_event *event = &ends.events[i];
    assert_int_equal(event->kind, kind);
    assert_int_equal(event->face, face);
    assert_true(event->cut);
    assert_true(event->t > 3.99 && event->t < 4.01);
    assert_float_equal(event->duration_s, duration_s, 1e-6);
    assert_float_equal(event->peak, peak, 1e-6);
    assert_float_equal(event->box.h, face, 1e-6);
}

static void test_what_is_on_is_ended_once(void **state) {
    (void)state;
    struct presence presence = {0};
    assert_false(presence_cut(&presence, &ends));
    put(EVENT_FACE_ENTER, 1, 1, 0.1f);
    put(EVENT_FACE_ENTER, 1, 2, 0.1f);
    put(EVENT_FACE_ENTER, 1, 3, 0.1f);
    see(1, 0.1f);
    see(2, 0.1f);
    see(3, 0.1f);
    follow(&presence, 1);
    put(EVENT_SMILE_START, 1.5, 1, 0.7f);
    put(EVENT_SMILE_START, 1.5, 2, 0.7f);
    see(1, 0.9f);
    see(2, 0.9f);
    see(3, 0.95f); // nobody smiles there
    follow(&presence, 2);
    put(EVENT_SMILE_END, 3, 1, 0.2f);
    put(EVENT_SMILE_END, 3, 2, 0.2f);
    put(EVENT_FACE_LEAVE, 3, 2, 0.2f);
    see(1, 0.2f);
    see(3, 0.3f);
    follow(&presence, 3);
    put(EVENT_SMILE_START, 3.25, 1, 0.6f);
    see(1, 0.6f);
    see(3, 0.3f);
    follow(&presence, 3.5);
    see(1, 0.8f);
    see(3, 0.3f);
    follow(&presence, 4);
    assert_true(presence_cut(&presence, &ends));
    assert_int_equal(ends.n_events, 3);
    check(0, EVENT_SMILE_END, 1, 0.75, 0.8);
    check(1, EVENT_FACE_LEAVE, 1, 0, 0);
    check(2, EVENT_FACE_LEAVE, 3, 0, 0);
    assert_false(presence_cut(&presence, &ends));
}

static void test_a_full_picture_has_room(void **state) {
    (void)state;
    struct presence presence = {0};
    for (int i = 1; i <= MAX_FACES; i++) {
        put(EVENT_FACE_ENTER, 4, i, 0.9f);
        put(EVENT_SMILE_START, 4, i, 0.9f);
    }
    follow(&presence, 4);
    assert_true(presence_cut(&presence, &ends));
    assert_int_equal(ends.n_events, 2 * MAX_FACES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_on_is_ended_once),
        cmocka_unit_test(test_a_full_picture_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
