// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Following faces gives the answers of searching every frame, which is the reference.

#include "../../app/analyser.h"
#include "../../app/sources/source.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LEAST_FOUND 0.99   // share of the faces of the reference
#define LEAST_AGREED 0.985 // share of the verdicts on those

struct tally {
    int n_plain, n_found, n_agreed, n_extra;
};

static struct analyser *analysers[2]; // plain, following
static struct analysis results[2];

static void begin(void) {
    for (int i = 0; i < 2; i++) {
        analysers[i] = analyser_create(&(struct analyser_options){
            .detector = i == 0 ? DETECTOR_EVERY_FRAME : DETECTOR_FOLLOW, .deterministic = true});
        assert_non_null(analysers[i]);
    }
}

static double overlap(const struct box *a, const struct box *b) {
    double w = fmin((double)a->x + a->w, (double)b->x + b->w) - fmax((double)a->x, (double)b->x);
    double h = fmin((double)a->y + a->h, (double)b->y + b->h) - fmax((double)a->y, (double)b->y);
    double both = w > 0 && h > 0 ? w * h : 0;
    return both / ((double)a->w * a->h + (double)b->w * b->h - both);
}

static const struct face_view *match(const struct analysis *analysis, const struct box *box) {
    for (int i = 0; i < analysis->n_faces; i++) {
        if (overlap(&analysis->faces[i].box, box) > 0.4) {
            return &analysis->faces[i];
        }
    }
    return NULL;
}

static void compare(const struct frame *frame, struct tally *tally) {
    for (int i = 0; i < 2; i++) {
        assert_true(analyser_run(analysers[i], frame, &results[i]));
    }
    for (int i = 0; i < results[0].n_faces; i++) {
        const struct face_view *plain = &results[0].faces[i];
        const struct face_view *same = match(&results[1], &plain->box);
        tally->n_plain++;
        tally->n_found += same != NULL;
        tally->n_agreed += same && same->smiling == plain->smiling;
    }
    for (int i = 0; i < results[1].n_faces; i++) {
        tally->n_extra += !match(&results[0], &results[1].faces[i].box);
    }
}

static void finish(const char *what, const struct tally *t, double least_found) {
    printf("%s: %d of %d faces found, %d extra; verdict equal on %d\n", what, t->n_found,
           t->n_plain, t->n_extra, t->n_agreed);
    for (int i = 0; i < 2; i++) {
        analyser_destroy(analysers[i]);
    }
    assert_true(t->n_plain > 0);
    assert_true(t->n_found >= least_found * t->n_plain);
    assert_true(t->n_agreed >= LEAST_AGREED * t->n_found);
}

static void compare_clip(const char *name, double least_found) {
    char path[4096];
    const char *data = getenv("SMILECAM_DATA");
    snprintf(path, sizeof path, "%s/clips/%s", data ? data : "", name);
    if (!data) {
        printf("SKIPPED: the clips of the shared data are not there (SMILECAM_DATA)\n");
        skip();
    }
    struct source *source = source_open(path, NULL);
    struct frame frame = {0};
    struct tally tally = {0};
    assert_non_null(source);
    begin();
    while (source_read(source, &frame) == SOURCE_FRAME) {
        compare(&frame, &tally);
    }
    image_finish(&frame.picture);
    source_close(source);
    finish(name, &tally, least_found);
}

static void test_webcam(void **state) {
    (void)state;
    compare_clip("webcam_smile.mp4", LEAST_FOUND);
}

static void test_stage(void **state) {
    (void)state;
    compare_clip("stage_faces.mp4", LEAST_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_webcam),
        cmocka_unit_test(test_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
