// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Following faces gives the answers of searching every frame, which is the reference.

#include "app/analysis/analyser.h"
#include "app/commands/bench_clip.h"
#include "app/photos/picture_set.h"
#include "app/sources/source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MIN_FOUND 0.99  // share of the faces of the reference
#define MIN_AGREED 0.98 // share of the verdicts on those, of each video
#define MIN_AGREED_OF_ALL 0.985

struct tally {
    int n_plain, n_found, n_agreed, n_extra;
};

// Where a photograph is at a time: its middle on the canvas; scale 0 leaves it out.
struct pose {
    double x, y, scale, angle;
};

// One video that both ways are run on: a clip, or photographs moved over a canvas.
struct comparison {
    const char *name, *data; // data: what it needs of the shared data
    int n_photos;            // 0: data is a clip
    double seconds;
    struct pose (*pose)(int photo, double t);
    bool done;
    struct tally tally;
};

static struct analyser *analysers[2]; // plain, following
static struct analysis results[2];

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

// The path of something in the shared data; skips the test without it.
static const char *data_path(const char *name) {
    static char path[4096];
    const char *data = getenv("SMILECAM_DATA");
    snprintf(path, sizeof path, "%s/%s", data ? data : "", name);
    if (!data || access(path, R_OK) != 0) {
        printf("SKIPPED: no %s in the shared data (SMILECAM_DATA)\n", name);
        skip();
    }
    return path;
}

static void compare_clip(struct comparison *c) {
    struct source *source = source_open(data_path(c->data), NULL);
    struct frame frame = {0};
    assert_non_null(source);
    while (source_read(source, &frame) == SOURCE_FRAME) {
        compare(&frame, &c->tally);
    }
    image_finish(&frame.picture);
    source_close(source);
}

// ---- composed videos: photographs moved over a canvas, so that the truth is known ----

#define GENKI "genki4k.tar"
#define CANVAS_W 960
#define CANVAS_H 540
#define RATE_HZ 30.0
#define N_PHOTOS 12

static struct image photos[N_PHOTOS];
static struct image canvas;

// Skips the test without them.
static void load_photos(void) {
    struct picture_set set = {0};
    if (photos[0].data) {
        return;
    }
    assert_true(picture_set_open(&set, data_path(GENKI)));
    for (int i = 0; i < N_PHOTOS; i++) {
        size_t n;
        const struct picture *picture = &set.pictures[(7 + 211 * i) % set.n];
        const void *bytes = picture_bytes(picture, &n);
        struct image bgr = {0};
        assert_true(picture_decode(picture->name, bytes, n, &bgr));
        assert_true(image_init(&photos[i], bgr.width, bgr.height, PIXEL_BGRX32));
        assert_true(picture_convert(&bgr, &photos[i]));
        image_finish(&bgr);
        picture_release(picture, bytes);
    }
    picture_set_close(&set);
}

static void draw_room(void) {
    for (int y = 0; y < canvas.height; y++) {
        for (int x = 0; x < canvas.width; x++) {
            int grey = 90 + 40 * ((x / 60 + y / 45) % 2) + x / 24;
            memset(canvas.data + y * canvas.stride + 4 * x, grey, 4);
        }
    }
}

static void draw_photo(const struct image *photo, struct pose pose) {
    double c = cos(pose.angle) / pose.scale, s = sin(pose.angle) / pose.scale;
    for (int y = 0; y < canvas.height && pose.scale > 0; y++) {
        for (int x = 0; x < canvas.width; x++) {
            double dx = x - pose.x, dy = y - pose.y;
            double u = c * dx + s * dy + photo->width / 2.0,
                   v = c * dy - s * dx + photo->height / 2.0;
            int iu = (int)floor(u), iv = (int)floor(v);
            if (iu < 0 || iv < 0 || iu >= photo->width - 1 || iv >= photo->height - 1) {
                continue;
            }
            const uint8_t *p = photo->data + iv * photo->stride + 4 * iu, *q = p + photo->stride;
            double fu = u - iu, fv = v - iv;
            for (int k = 0; k < 3; k++) {
                canvas.data[y * canvas.stride + 4 * x + k] =
                    (uint8_t)((1 - fv) * ((1 - fu) * p[k] + fu * p[k + 4]) +
                              fv * ((1 - fu) * q[k] + fu * q[k + 4]) + 0.5);
            }
        }
    }
}

static void compose(int i, int n, struct pose (*pose)(int photo, double t), struct frame *frame) {
    double t = i / RATE_HZ;
    draw_room();
    for (int k = 0; k < n; k++) {
        draw_photo(&photos[k], pose(k, t));
    }
    *frame =
        (struct frame){.picture = canvas, .media_ns = (int64_t)(t * 1e9), .number = (uint64_t)i};
}

static void compare_composed(struct comparison *c) {
    struct frame frame;
    load_photos();
    for (int i = 0; i < c->seconds * RATE_HZ; i++) {
        compose(i, c->n_photos, c->pose, &frame);
        compare(&frame, &c->tally);
    }
}

static struct pose panned(int photo, double t) {
    (void)photo;
    return (struct pose){480 + 300 * sin(t), 270 + 60 * sin(2.3 * t), 1.1, 0};
}

static struct pose zoomed(int photo, double t) {
    (void)photo;
    return (struct pose){480, 270, 1.4 + 0.6 * sin(1.3 * t), 0};
}

static struct pose turned(int photo, double t) {
    (void)photo;
    return (struct pose){480, 270, 1.5, 0.3 * sin(1.7 * t)};
}

static struct pose crowded(int photo, double t) {
    return (struct pose){160 + 160.0 * (photo % 5) + 10 * sin(t + photo),
                         150 + 240.0 * (photo / 5) + 10 * cos(1.3 * t + photo), 0.8, 0};
}

static struct comparison comparisons[] = {
    {"webcam", "clips/webcam_smile.mp4", .n_photos = 0},
    {"stage", "clips/stage_faces.mp4", .n_photos = 0},
    {"panned", GENKI, 1, 4, .pose = panned},
    {"zoomed", GENKI, 1, 4, .pose = zoomed},
    {"turned", GENKI, 1, 4, .pose = turned},
    {"crowded", GENKI, 10, 2, .pose = crowded},
};
#define N_COMPARISONS (sizeof comparisons / sizeof *comparisons)

// What both ways found; run once, by the test that asks first.
static const struct tally *tally_of(struct comparison *c) {
    (void)data_path(c->data);
    if (!c->done) {
        for (int i = 0; i < 2; i++) {
            analysers[i] = analyser_create(&(struct analyser_options){
                .detector = i == 0 ? DETECTOR_EVERY_FRAME : DETECTOR_FOLLOW,
                .deterministic = true});
            assert_non_null(analysers[i]);
        }
        c->tally = (struct tally){0};
        (c->n_photos > 0 ? compare_composed : compare_clip)(c);
        for (int i = 0; i < 2; i++) {
            analyser_destroy(analysers[i]);
        }
        c->done = true;
    }
    return &c->tally;
}

static void test_following_is_as_good(void **state) {
    struct comparison *c = *state;
    const struct tally *t = tally_of(c);
    printf("%s: %d of %d faces found, %d extra; verdict equal on %d\n", c->name, t->n_found,
           t->n_plain, t->n_extra, t->n_agreed);
    assert_true(t->n_plain > 0);
    assert_true(t->n_found >= MIN_FOUND * t->n_plain);
    assert_true(t->n_agreed >= MIN_AGREED * t->n_found);
}

static void test_all_together(void **state) {
    (void)state;
    int n_found = 0, n_agreed = 0;
    for (size_t i = 0; i < N_COMPARISONS; i++) {
        const struct tally *t = tally_of(&comparisons[i]);
        n_found += t->n_found;
        n_agreed += t->n_agreed;
    }
    printf("all: verdict equal on %d of %d\n", n_agreed, n_found);
    assert_true(n_agreed >= MIN_AGREED_OF_ALL * n_found);
}

// The first stays; the second, of about the smallest size, comes at 2 s and is gone at 4 s.
static struct pose comes_and_goes(int photo, double t) {
    return photo == 0 ? (struct pose){300, 270, 1.5, 0}
                      : (struct pose){700, 200, t >= 2 && t < 4 ? 0.5 : 0, 0};
}

// Two pass in front of one another, the nearer one larger.
static struct pose passes(int photo, double t) {
    return photo == 0 ? (struct pose){200 + 140 * t, 250, 1.0, 0}
                      : (struct pose){760 - 140 * t, 300, 1.5, 0};
}

// Runs the following analyser alone and hands its events to check.
static void run_events(int n, double seconds, struct pose (*pose)(int photo, double t),
                       void (*check)(const struct smile_event *event, void *arg), void *arg) {
    struct frame frame;
    struct analyser *analyser = analyser_create(&(struct analyser_options){.deterministic = true});
    assert_non_null(analyser);
    for (int i = 0; i < seconds * RATE_HZ; i++) {
        compose(i, n, pose, &frame);
        assert_true(analyser_run(analyser, &frame, &results[0]));
        for (int k = 0; k < results[0].n_events; k++) {
            check(&results[0].events[k], arg);
        }
    }
    analyser_destroy(analyser);
}

struct visit {
    int n_enter, n_leave;
    double enter_s, leave_s;
};

static void note_visit(const struct smile_event *event, void *arg) {
    struct visit *visit = arg;
    if (event->kind == EVENT_FACE_ENTER && event->t > 1) {
        visit->n_enter++;
        visit->enter_s = event->t;
    } else if (event->kind == EVENT_FACE_LEAVE) {
        visit->n_leave++;
        visit->leave_s = event->t;
    }
}

static void test_new_faces_are_announced_soon(void **state) {
    (void)state;
    struct visit visit = {0};
    load_photos();
    run_events(2, 6, comes_and_goes, note_visit, &visit);
    printf("came at 2 s, announced at %.3f s; went at 4 s, dropped at %.3f s\n", visit.enter_s,
           visit.leave_s);
    assert_int_equal(visit.n_enter, 1);
    assert_int_equal(visit.n_leave, 1);
    assert_true(visit.enter_s <= 2.5);
    assert_true(visit.leave_s <= 4.3);
}

static void count_enters(const struct smile_event *event, void *arg) {
    *(int *)arg += event->kind == EVENT_FACE_ENTER;
}

static void test_identities_survive_a_pass(void **state) {
    (void)state;
    int n_enter = 0;
    load_photos();
    run_events(2, 4, passes, count_enters, &n_enter);
    printf("two faces pass: %d identities\n", n_enter);
    assert_in_range(n_enter, 2, 3); // the one behind is away longer than a face is kept
}

static void test_steady_at_rest(void **state) {
    (void)state;
    struct frame frame;
    struct box first = {0};
    double worst = 0;
    load_photos();
    struct analyser *analyser = analyser_create(&(struct analyser_options){.deterministic = true});
    srand(1);
    for (int i = 0; i < 90; i++) {
        compose(i, 1, comes_and_goes, &frame);
        for (int y = 0; y < canvas.height; y++) { // a camera's noise
            for (int x = 0; x < 4 * canvas.width; x++) {
                uint8_t *p = canvas.data + y * canvas.stride + x;
                int noisy = *p + rand() % 9 - 4;
                *p = (uint8_t)(noisy < 0 ? 0 : noisy > 255 ? 255 : noisy);
            }
        }
        assert_true(analyser_run(analyser, &frame, &results[0]));
        if (i == 30) {
            first = results[0].faces[0].box;
        } else if (i > 30) {
            struct box box = results[0].faces[0].box;
            worst =
                fmax(worst, fabs((double)(box.x + box.w / 2 - first.x - first.w / 2)) / first.w);
        }
    }
    analyser_destroy(analyser);
    printf("a face at rest moves by at most %.2f %% of its width\n", 100 * worst);
    assert_true(worst < 0.005);
}

static void test_a_crowd_is_kept(void **state) {
    (void)state;
    struct bench_clip clip;
    struct analyser *analyser = analyser_create(&(struct analyser_options){.deterministic = true});
    assert_true(bench_clip_draw(&clip, 1280, 720, MAX_FACES));
    for (int i = 0; i < clip.n; i++) {
        struct frame frame = {.picture = clip.pictures[i],
                              .media_ns = (int64_t)(i * 1e9 / RATE_HZ)};
        assert_true(analyser_run(analyser, &frame, &results[0]));
        assert_true(i < 15 || results[0].n_faces == MAX_FACES);
    }
    bench_clip_finish(&clip);
    analyser_destroy(analyser);
}

static int start(void **state) {
    (void)state;
    return image_init(&canvas, CANVAS_W, CANVAS_H, PIXEL_BGRX32) ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    image_finish(&canvas);
    for (int i = 0; i < N_PHOTOS; i++) {
        image_finish(&photos[i]);
    }
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define FOLLOWING(i)                                                                               \
    {"test_following_is_as_good", test_following_is_as_good, NULL, NULL, &comparisons[i]}
        FOLLOWING(0),
        FOLLOWING(1),
        FOLLOWING(2),
        FOLLOWING(3),
        FOLLOWING(4),
        FOLLOWING(5),
        cmocka_unit_test(test_all_together),
        cmocka_unit_test(test_new_faces_are_announced_soon),
        cmocka_unit_test(test_identities_survive_a_pass),
        cmocka_unit_test(test_steady_at_rest),
        cmocka_unit_test(test_a_crowd_is_kept),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
