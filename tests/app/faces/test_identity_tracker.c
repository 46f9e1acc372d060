// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/identity_tracker.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

// A face whose landmarks lie on a ring, so that its box is about size pixels wide.
static struct face make_face(double x, double y, double size) {
    struct face face = {.confidence = 1};
    for (int i = 0; i < N_LANDMARKS; i++) {
        face.landmarks[i].x = (float)(x + size / 3 * cos(i * 2 * M_PI / N_LANDMARKS));
        face.landmarks[i].y = (float)(y + size / 3 * sin(i * 2 * M_PI / N_LANDMARKS));
    }
    face.box = (struct box){(float)(x - size / 2), (float)(y - size / 2), (float)size, (float)size};
    return face;
}

static double noise(void) {
    return rand() / (double)RAND_MAX - 0.5;
}

static const struct track *find_id(const struct tracker *tracker, int id) {
    for (int i = 0; i < tracker->n_tracks; i++) {
        if (tracker->tracks[i].sighting.id == id) {
            return &tracker->tracks[i];
        }
    }
    return NULL;
}

static void update(struct tracker *tracker, double t, const struct face *faces, int n, bool cut) {
    struct sighting sightings[MAX_FACES];
    for (int i = 0; i < n; i++) {
        sightings[i] = (struct sighting){
            .face = faces[i], .box = tracker_face_box(&faces[i]), .n_probabilities = i + 1};
    }
    n = tracker_update(tracker, t, sightings, n, cut);
    assert_int_equal(n, tracker->n_tracks);
    for (int k = 0; k < n; k++) {
        assert_int_equal(sightings[k].id, tracker->tracks[k].sighting.id);
        assert_true(k == 0 || sightings[k].id > sightings[k - 1].id);
        assert_true(sightings[k].seen || isnan(sightings[k].smile));
    }
}

static double middle(const struct track *track) {
    return (double)track->sighting.box.x + (double)track->sighting.box.w / 2;
}

static void a_face_keeps_its_id(void **state) {
    (void)state;
    struct tracker tracker;
    tracker_init(&tracker);
    for (int i = 0; i < 100; i++) {
        struct face face = make_face(300 + 200 * sin(i / 15.0), 200, 100);
        update(&tracker, i / 30.0, &face, 1, false);
        assert_int_equal(tracker.n_tracks, 1);
        assert_int_equal(tracker.tracks[0].sighting.id, 1);
        assert_true(tracker.tracks[0].sighting.seen);
        assert_int_equal(tracker.tracks[0].sighting.n_probabilities, 1);
    }
}

static void the_box_is_steady_at_rest_and_quick_in_motion(void **state) {
    (void)state;
    srand(1);
    struct tracker tracker;
    tracker_init(&tracker);
    double wobble = 0, lag = 0, before = 300;
    for (int i = 0; i < 300; i++) { // rests with 2 px of noise
        struct face face = make_face(300 + 4 * noise(), 200, 100);
        update(&tracker, i / 30.0, &face, 1, false);
        wobble = fmax(wobble, i > 30 ? fabs(middle(&tracker.tracks[0]) - before) : 0);
        before = middle(&tracker.tracks[0]);
    }
    for (int i = 0; i < 30; i++) { // then moves by two widths a second
        struct face face = make_face(300 + 200 * i / 30.0, 200, 100);
        update(&tracker, 10 + i / 30.0, &face, 1, false);
        lag = fmax(lag, fabs(middle(&tracker.tracks[0]) - (300 + 200 * i / 30.0)));
    }
    assert_true(wobble < 1);
    assert_true(lag < 8);
}

static void a_lost_face_is_carried_over_for_a_while(void **state) {
    (void)state;
    struct tracker tracker;
    tracker_init(&tracker);
    struct face face = make_face(300, 200, 100);
    update(&tracker, 0, &face, 1, false);
    update(&tracker, 0.2, NULL, 0, false);
    assert_int_equal(tracker.n_tracks, 1);
    assert_false(tracker.tracks[0].sighting.seen);
    assert_int_equal(tracker.tracks[0].sighting.n_probabilities, 0);
    update(&tracker, 0.25, &face, 1, false);
    assert_int_equal(tracker.tracks[0].sighting.id, 1);
    update(&tracker, 0.6, NULL, 0, false);
    assert_int_equal(tracker.n_tracks, 0);
    update(&tracker, 0.7, &face, 1, false);
    assert_int_equal(tracker.tracks[0].sighting.id, 2);
}

static void crossing_faces_are_not_confused(void **state) {
    (void)state;
    struct tracker tracker;
    tracker_init(&tracker);
    for (int i = 0; i <= 60; i++) { // pass in front of each other, at slightly different heights
        double x = 100 + 400 * i / 60.0;
        struct face faces[2] = {make_face(x, 200, 100), make_face(600 - x, 220, 110)};
        if (i % 2) {
            struct face other = faces[0];
            faces[0] = faces[1];
            faces[1] = other;
        }
        update(&tracker, i / 30.0, faces, 2, false);
    }
    assert_int_equal(tracker.n_tracks, 2);
    assert_float_equal(middle(find_id(&tracker, 1)), 500, 20);
    assert_float_equal(middle(find_id(&tracker, 2)), 100, 20);
}

static void a_hidden_face_is_found_again_where_it_was_going(void **state) {
    (void)state;
    struct tracker tracker;
    tracker_init(&tracker);
    for (int i = 0; i <= 60; i++) { // the farther face is hidden while they cross
        double x = 100 + 400 * i / 60.0;
        struct face faces[2] = {make_face(x, 200, 120), make_face(600 - x, 210, 100)};
        update(&tracker, i / 30.0, faces, fabs(x - 300) < 20 ? 1 : 2, false);
    }
    assert_int_equal(tracker.n_tracks, 2);
    assert_float_equal(middle(find_id(&tracker, 1)), 500, 20);
    assert_float_equal(middle(find_id(&tracker, 2)), 100, 20);
}

static void a_cut_replaces_everybody(void **state) {
    (void)state;
    struct tracker tracker;
    tracker_init(&tracker);
    struct face faces[2] = {make_face(200, 200, 100), make_face(400, 200, 100)};
    update(&tracker, 0, faces, 2, false);
    update(&tracker, 0.04, faces, 2, true);
    assert_int_equal(tracker.n_tracks, 2);
    assert_int_equal(tracker.tracks[0].sighting.id, 3);
    assert_int_equal(tracker.tracks[1].sighting.id, 4);
    struct face near = make_face(200, 200, 250); // too much bigger to be the same
    update(&tracker, 0.08, &near, 1, false);
    assert_int_equal(tracker.tracks[2].sighting.id, 5);
}

static void the_number_of_faces_is_bounded(void **state) {
    (void)state;
    struct tracker tracker;
    tracker_init(&tracker);
    struct face faces[MAX_FACES];
    for (int i = 0; i < 50; i++) {
        for (int k = 0; k < MAX_FACES; k++) {
            faces[k] = make_face(1000 * k + 200 * (i % 5), 1000 * i, 100);
        }
        update(&tracker, i / 30.0, faces, MAX_FACES, false);
        assert_int_equal(tracker.n_tracks, MAX_FACES);
        for (int k = 0; k < MAX_FACES; k++) {
            assert_true(tracker.tracks[k].sighting.seen);
        }
    }
}

static void no_landmarks_means_the_detectors_box(void **state) {
    (void)state;
    struct face face = {.box = {1, 2, 3, 4}};
    struct box box = tracker_face_box(&face);
    assert_memory_equal(&box, &face.box, sizeof box);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_face_keeps_its_id),
        cmocka_unit_test(the_box_is_steady_at_rest_and_quick_in_motion),
        cmocka_unit_test(a_lost_face_is_carried_over_for_a_while),
        cmocka_unit_test(crossing_faces_are_not_confused),
        cmocka_unit_test(a_hidden_face_is_found_again_where_it_was_going),
        cmocka_unit_test(a_cut_replaces_everybody),
        cmocka_unit_test(the_number_of_faces_is_bounded),
        cmocka_unit_test(no_landmarks_means_the_detectors_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
