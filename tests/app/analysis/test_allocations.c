// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Once warm, core and app allocate nothing for a frame: over months, what is not allocated cannot
// leak or creep. The linker leads every allocation of theirs here (--wrap); those of dlib, OpenCV
// and FFmpeg it does not see.

#include "app/analysis/analyser.h"
#include "app/pipeline/pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define WARM_UP 100 // frames
#define MEASURED 200

static atomic_int n_allocations;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);

void *__wrap_malloc(size_t n) {
    atomic_fetch_add(&n_allocations, 1);
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size) {
    atomic_fetch_add(&n_allocations, 1);
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n) {
    atomic_fetch_add(&n_allocations, 1);
    return __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n) {
    atomic_fetch_add(&n_allocations, 1);
    return __real_aligned_alloc(alignment, n);
}

static void take(struct pipeline *pipeline, int n_frames) {
    for (int n = 0; n < n_frames;) {
        struct pipeline_item item;
        enum pipeline_status status = pipeline_take(pipeline, INT64_C(1000000000), &item);
        assert_true(status == PIPELINE_FRAME || status == PIPELINE_TIMEOUT);
        n += status == PIPELINE_FRAME;
        pipeline_release(pipeline, &item);
    }
}

// Holds two frames until every queue is full, so that each slot of the pool has been used.
static void fill_pool(struct pipeline *pipeline) {
    struct pipeline_item items[2];
    for (int i = 0; i < 2; i++) {
        while (pipeline_take(pipeline, INT64_C(1000000000), &items[i]) != PIPELINE_FRAME) {
        }
    }
    sleep(1);
    pipeline_release(pipeline, &items[0]);
    pipeline_release(pipeline, &items[1]);
}

static void test_a_frame_allocates_nothing(void **state) {
    (void)state;
    struct analyser_options options = {0};
    struct source *source =
        source_demo.create("", &(struct source_options){.width = 640, .height = 480});
    assert_non_null(source);
    struct pipeline *pipeline = pipeline_create(&(struct pipeline_options){
        .source = source, .driver = &analysis_faces, .driver_options = &options});
    assert_non_null(pipeline);
    fill_pool(pipeline);
    take(pipeline, WARM_UP);
    int before = atomic_load(&n_allocations);
    assert_true(before > 0); // they are seen at all
    take(pipeline, MEASURED);
    int after = atomic_load(&n_allocations);
    pipeline_destroy(pipeline);
    printf("%d allocations before, %d over %d frames\n", before, after - before, MEASURED);
    assert_int_equal(after, before);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_frame_allocates_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
