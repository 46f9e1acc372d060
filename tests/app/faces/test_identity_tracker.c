// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Faces on paths that are known: who is who, what is drawn, who is dropped and when.
#include "app/faces/identity_tracker.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RATE_HZ 30.0
#define SURE 0.9f
#define DOUBTFUL 0.3f
#define NOTHING 0.1f

static const struct face_thresholds thresholds = {.start = 0.6f, .keep = 0.2f};

static struct tracker tracker;
static struct sighting sightings[MAX_FACES];

static int set_up(void **state) {
    (void)state;
    srand(1);
    tracker_init(&tracker, thresholds);
    return 0;
}

static struct face_box find_at(double x, double y, double size, float score) {
    struct point middle = {(float)x, (float)y};
    return (struct face_box){box_around(middle, (float)size, (float)(1.34 * size)), score};
}

static double noise(void) {
    return rand() / (double)RAND_MAX - 0.5;
}

// One frame, with a square of the same middle drawn round each face. Returns how many are there.
static int step_cut(double t, const struct face_box *found, int n, bool cut) {
    n = tracker_match(&tracker, t, found, n, cut, sightings);
    for (int i = 0; i < n; i++) {
        struct sighting *s = &sightings[i];
        assert_true(s->seen && s->id > 0);
        s->box = box_around(box_centre(&s->face.box), s->face.box.w, s->face.box.w);
        s->n_probabilities = 2;
        s->smile = 0.5f;
    }
    n = tracker_finish(&tracker, t, sightings, n);
    for (int i = 0; i < n; i++) {
        assert_true(i == 0 || sightings[i].id > sightings[i - 1].id);
        assert_true(sightings[i].seen || isnan(sightings[i].smile));
        assert_int_equal(sightings[i].n_probabilities, sightings[i].seen ? 2 : 0);
    }
    return n;
}

static int step(double t, const struct face_box *found, int n) {
    return step_cut(t, found, n, false);
}

static const struct sighting *of_id(int n, int id) {
    for (int i = 0; i < n; i++) {
        if (sightings[i].id == id) {
            return &sightings[i];
        }
    }
    return NULL;
}

static double middle_of(const struct sighting *sighting) {
    assert_non_null(sighting);
    return (double)box_centre(&sighting->box).x;
}

// ---- one face ----

static void a_face_keeps_its_id(void **state) {
    (void)state;
    for (int i = 0; i < 100; i++) {
        struct face_box find = find_at(300 + 200 * sin(i / 15.0), 200, 100, SURE);
        assert_int_equal(step(i / RATE_HZ, &find, 1), 1);
        assert_int_equal(sightings[0].id, 1);
        assert_true(sightings[0].seen);
        assert_float_equal(sightings[0].face.confidence, SURE, 0);
    }
}

static void the_box_is_steady_at_rest_and_quick_in_motion(void **state) {
    (void)state;
    double wobble = 0, lag = 0, before = 300;
    for (int i = 0; i < 300; i++) { // rests with 2 px of noise
        struct face_box find = find_at(300 + 4 * noise(), 200, 100, SURE);
        step(i / RATE_HZ, &find, 1);
        wobble = fmax(wobble, i > 30 ? fabs(middle_of(&sightings[0]) - before) : 0);
        before = middle_of(&sightings[0]);
    }
    for (int i = 0; i < 30; i++) { // then moves by two widths a second
        struct face_box find = find_at(300 + 200 * i / RATE_HZ, 200, 100, SURE);
        step(10 + i / RATE_HZ, &find, 1);
        lag = fmax(lag, fabs(middle_of(&sightings[0]) - (300 + 200 * i / RATE_HZ)));
    }
    assert_true(wobble < 1);
    assert_true(lag < 8);
}

// The score falls with the eyes; only what was there goes on.
static void a_blink_interrupts_nothing(void **state) {
    (void)state;
    for (int i = 0; i < 90; i++) {
        bool blinks = i % 30 >= 20 && i % 30 < 26;
        struct face_box find = find_at(300, 200, 100, blinks ? DOUBTFUL : SURE);
        assert_int_equal(step(i / RATE_HZ, &find, 1), 1);
        assert_true(sightings[0].seen && sightings[0].id == 1);
    }
    struct face_box doubtful[2] = {find_at(700, 200, 100, DOUBTFUL),
                                   find_at(300, 200, 100, NOTHING)};
    for (int i = 0; i < 30; i++) {
        step(3 + i / RATE_HZ, doubtful, 1);
    }
    assert_int_equal(step(4, doubtful, 1), 0); // a doubtful find begins nobody
}

static void a_missed_face_is_carried_over_for_a_while(void **state) {
    (void)state;
    struct face_box find = find_at(300, 200, 100, SURE);
    step(0, &find, 1);
    step(1 / RATE_HZ, &find, 1);
    assert_int_equal(step(0.2, NULL, 0), 1);
    assert_false(sightings[0].seen);
    assert_float_equal(middle_of(&sightings[0]), 300, 0.1);
    assert_int_equal(step(0.25, &find, 1), 1);
    assert_int_equal(sightings[0].id, 1);
    assert_int_equal(step(0.49, NULL, 0), 1);
    assert_int_equal(step(0.55, NULL, 0), 0); // within 0.3 s
    assert_int_equal(step(0.6, &find, 1), 1);
    assert_int_equal(sightings[0].id, 2);
}

static void a_find_in_one_frame_only_is_forgotten_at_once(void **state) {
    (void)state;
    struct face_box find = find_at(300, 200, 100, SURE);
    for (int i = 0; i < 30; i++) {
        int n = step(i / RATE_HZ, &find, i % 2);
        assert_int_equal(n, i % 2);
    }
    assert_true(tracker.last_id > 10); // never the same again
}

static void a_face_may_be_quick_at_few_pictures_a_second(void **state) {
    (void)state;
    for (int i = 0; i < 30; i++) { // three widths a second
        struct face_box find = find_at(100 + 300 * i / 10.0, 200, 100, SURE);
        assert_int_equal(step(i / 10.0, &find, 1), 1);
        assert_int_equal(sightings[0].id, 1);
    }
}

// ---- several ----

static void passing_faces_are_not_confused(void **state) {
    (void)state;
    int n = 0;
    for (int i = 0; i <= 60; i++) { // in front of each other, at slightly different heights
        double x = 100 + 400 * i / 60.0;
        struct face_box found[2] = {find_at(x, 200, 100, SURE), find_at(600 - x, 220, 110, SURE)};
        if (i % 2) {
            struct face_box other = found[0];
            found[0] = found[1];
            found[1] = other;
        }
        n = step(i / RATE_HZ, found, 2);
        assert_int_equal(n, 2);
    }
    assert_float_equal(middle_of(of_id(n, 1)), 500, 20);
    assert_float_equal(middle_of(of_id(n, 2)), 100, 20);
}

// The nearer one walks at a speed in widths a second, the other comes towards it and is behind it
// while most of it is covered.
static void check_hidden(double speed) {
    int n = 0, n_hidden = 0;
    double half_s = 2.5 / speed;
    tracker_init(&tracker, thresholds);
    for (int i = 0; i <= 2 * half_s * RATE_HZ; i++) {
        double x = 100 * speed * (i / RATE_HZ - half_s);
        struct face_box found[2] = {find_at(500 + x, 200, 120, SURE),
                                    find_at(500 - x, 210, 100, SURE)};
        bool hidden = fabs(2 * x) < 60;
        n_hidden += hidden;
        n = step(i / RATE_HZ, found, hidden ? 1 : 2);
        assert_int_equal(n, 2);
    }
    assert_true(n_hidden > 2);
    assert_float_equal(middle_of(of_id(n, 1)), 750, 30);
    assert_float_equal(middle_of(of_id(n, 2)), 250, 30);
}

static void a_hidden_face_is_found_again_where_it_was_going(void **state) {
    (void)state;
    check_hidden(1.4); // hidden for 0.43 s
    check_hidden(2);
    check_hidden(3);
}

static void a_cut_replaces_everybody(void **state) {
    (void)state;
    struct face_box found[2] = {find_at(200, 200, 100, SURE), find_at(400, 200, 100, SURE)};
    step(0, found, 2);
    step(0.04, found, 2);
    assert_int_equal(step_cut(0.08, found, 2, true), 2);
    assert_int_equal(sightings[0].id, 3);
    assert_int_equal(sightings[1].id, 4);
    step(0.12, found, 2);
    struct face_box near = find_at(200, 200, 250, SURE); // too much larger to be the same
    assert_int_equal(step(0.16, &near, 1), 3);
    assert_int_equal(sightings[2].id, 5);
    struct face_box elsewhere = find_at(700, 500, 100, SURE);
    assert_int_equal(step_cut(0.2, &elsewhere, 1, true), 1);
    assert_int_equal(sightings[0].id, 6);
}

// 32 faces that tremble, in any order, each of which is missed now and then.
static void a_crowd_keeps_its_ids(void **state) {
    (void)state;
    for (int i = 0; i < 90; i++) {
        struct face_box found[MAX_FACES];
        int n = 0;
        for (int k = 0; k < MAX_FACES; k++) {
            int who = (k * 7 + i) % MAX_FACES;
            if (i < 3 || rand() % 10 != 0) {
                found[n++] = find_at(100 + 90 * (who % 8) + 6 * noise(),
                                     100 + 110 * (who / 8) + 6 * noise(), 70 + 4 * noise(), SURE);
            }
        }
        assert_int_equal(step(i / RATE_HZ, found, n), MAX_FACES);
    }
    assert_int_equal(tracker.last_id, MAX_FACES);
}

static void the_number_of_faces_is_bounded(void **state) {
    (void)state;
    struct face_box found[TRACKER_FINDS];
    for (int i = 0; i < 50; i++) {
        for (int k = 0; k < TRACKER_FINDS; k++) {
            found[k] = find_at(1000.0 * k + 200 * (i % 5), 1000.0 * i, 100, SURE);
        }
        assert_int_equal(step(i / RATE_HZ, found, TRACKER_FINDS), MAX_FACES);
        for (int k = 0; k < MAX_FACES; k++) {
            assert_true(sightings[k].seen);
        }
    }
}

static void the_same_finds_give_the_same_faces(void **state) {
    (void)state;
    static struct box boxes[2][60];
    for (int run = 0; run < 2; run++) {
        set_up(NULL);
        for (int i = 0; i < 60; i++) {
            struct face_box find = find_at(300 + 9 * i + 8 * noise(), 200, 100, SURE);
            step(i / RATE_HZ, &find, 1);
            boxes[run][i] = sightings[0].box;
        }
    }
    assert_memory_equal(boxes[0], boxes[1], sizeof boxes[0]);
}

// ---- the square ----

static void the_square_goes_with_the_points(void **state) {
    (void)state;
    struct face face = {.box = {1, 2, 3, 4}};
    struct box box = tracker_face_box(&face);
    assert_memory_equal(&box, &face.box, sizeof box); // points that span no face
    const struct point points[N_FACE_POINTS] = {
        {123, 121}, {177, 121}, {150, 153}, {127, 180}, {173, 180}};
    memcpy(face.points, points, sizeof points);
    box = tracker_face_box(&face);
    assert_float_equal(box.w, 139, 2);
    assert_float_equal(box_centre(&box).x, 150, 0.5);
    assert_float_equal(box_centre(&box).y, 155, 1.5);
    for (int i = 0; i < N_FACE_POINTS; i++) { // a quarter turn clockwise as seen, about (0, 0)
        face.points[i] = (struct point){-points[i].y, points[i].x};
    }
    struct box turned = tracker_face_box(&face);
    assert_float_equal(box_centre(&turned).x, -box_centre(&box).y, 0.01);
    assert_float_equal(box_centre(&turned).y, box_centre(&box).x, 0.01);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_face_keeps_its_id, set_up),
        cmocka_unit_test_setup(the_box_is_steady_at_rest_and_quick_in_motion, set_up),
        cmocka_unit_test_setup(a_blink_interrupts_nothing, set_up),
        cmocka_unit_test_setup(a_missed_face_is_carried_over_for_a_while, set_up),
        cmocka_unit_test_setup(a_find_in_one_frame_only_is_forgotten_at_once, set_up),
        cmocka_unit_test_setup(a_face_may_be_quick_at_few_pictures_a_second, set_up),
        cmocka_unit_test_setup(passing_faces_are_not_confused, set_up),
        cmocka_unit_test_setup(a_hidden_face_is_found_again_where_it_was_going, set_up),
        cmocka_unit_test_setup(a_cut_replaces_everybody, set_up),
        cmocka_unit_test_setup(a_crowd_keeps_its_ids, set_up),
        cmocka_unit_test_setup(the_number_of_faces_is_bounded, set_up),
        cmocka_unit_test_setup(the_same_finds_give_the_same_faces, set_up),
        cmocka_unit_test(the_square_goes_with_the_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
