// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/app/pipeline/fake_stages.h"

#include "core/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void sleep_ms(int ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * MS}, NULL);
}

// ---- a source that does what the test wants ----

struct script script;

struct fake_source {
    struct source base;
    int next;
    atomic_bool interrupted;
};

struct source *fake_create(const char *argument, const struct source_options *options) {
    (void)options;
    if (strcmp(argument, "again") == 0 && script.failed_opens-- > 0) {
        return NULL;
    }
    struct fake_source *fake = calloc(1, sizeof *fake);
    fake->base.driver = &fake_driver;
    fake->base.info.seekable = true;
    script.n_opened++;
    return &fake->base;
}

static enum source_status fake_read(struct source *source, struct frame *frame) {
    struct fake_source *fake = (struct fake_source *)source;
    sleep_ms(script.read_ms);
    while (script.block && fake->next == script.n_frames && !atomic_load(&fake->interrupted)) {
        sleep_ms(1);
    }
    if (atomic_load(&fake->interrupted)) {
        return SOURCE_END;
    }
    if (fake->next == script.n_frames) {
        return script.then;
    }
    assert_true(image_resize_storage(&frame->picture, 64, 48, PIXEL_BGRX32));
    frame->number = (uint64_t)fake->next++;
    memset(frame->picture.data, script.n_given++, 64);
    frame->media_ns = (int64_t)frame->number * script.period_ms * MS;
    frame->captured_ns = now_ns();
    return SOURCE_FRAME;
}

static bool fake_seek(struct source *source, int64_t media_ns) {
    script.n_given = ((struct fake_source *)source)->next =
        (int)((media_ns + script.period_ms * MS - 1) / (script.period_ms * MS));
    return true;
}

static void fake_interrupt(struct source *source) {
    atomic_store(&((struct fake_source *)source)->interrupted, true);
}

static void fake_destroy(struct source *source) {
    script.n_closed++;
    free(source);
}

const struct source_driver fake_driver = {.name = "fake",
                                          .create = fake_create,
                                          .read = fake_read,
                                          .seek = fake_seek,
                                          .interrupt = fake_interrupt,
                                          .destroy = fake_destroy};

// ---- an analyser that says which frame it saw ----

struct analyser_script analyser_script;

static void *fake_analyser_create(const void *options) {
    sleep_ms(analyser_script.create_ms);
    assert_int_equal(*(const int *)options, DRIVER_OPTION);
    return analyser_script.create_fails ? NULL : (void *)(uintptr_t)options;
}

static bool fake_run(void *analyser, const struct frame *frame, struct analysis *analysis) {
    (void)analyser;
    sleep_ms(analyser_script.run_ms);
    analyser_script.n_run++;
    analysis->n_events = 0;
    analysis->n_faces = 1;
    analysis->faces[0].id = (int)frame->number + 1;
    assert_int_equal(frame->picture.data[0], (uint8_t)frame->number);
    return analyser_script.fails_at == 0 || frame->number < (uint64_t)analyser_script.fails_at;
}

static void fake_lose(void *analyser, double t, struct analysis *analysis) {
    (void)analyser;
    analysis->n_faces = 0;
    analysis->n_events = 1;
    analysis->events[0] = (struct smile_event){.kind = EVENT_FACE_LEAVE, .t = t};
}

static void fake_restart(void *analyser) {
    (void)analyser;
    analyser_script.n_restarts++;
}

static void fake_analyser_destroy(void *analyser) {
    (void)analyser;
}

const struct analysis_driver fake_analysis = {.options_size = sizeof(int),
                                              .create = fake_analyser_create,
                                              .run = fake_run,
                                              .lose = fake_lose,
                                              .restart = fake_restart,
                                              .destroy = fake_analyser_destroy};

// ---- a pipeline of both ----

struct pipeline_options usual_options(void) {
    static const int option = DRIVER_OPTION;
    script.n_given = 0;
    return (struct pipeline_options){.source = fake_create("first", NULL),
                                     .place = {.driver = &fake_driver, .argument = "again"},
                                     .driver = &fake_analysis,
                                     .driver_options = &option};
}

int set_up(void **state) {
    (void)state;
    memset(&script, 0, sizeof script);
    script.then = SOURCE_END;
    script.period_ms = 10;
    analyser_script = (struct analyser_script){0};
    log_set_level(LOG_ERROR - 1);
    return 0;
}

int everything_was_closed(void **state) {
    (void)state;
    return script.n_opened == script.n_closed ? 0 : -1;
}
