// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// A recording that cannot keep up says so in the window, when it begins to lose frames and when it
// is saved.
#include "app/sessions/live_recording.h"
#include "core/base/log.h"
#include "tests/support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct analysis nobody;

// n frames as fast as they can be given.
static struct live_message record(int n, bool *warned) {
    struct live_recording recording = {0};
    struct live_message message = {0};
    struct frame frame = {0};
    struct record_options options = {.video = {.width = 640, .height = 480, .live = true}};
    scratch_init();
    assert_true(image_init(&frame.picture, 640, 480, PIXEL_BGRX32));
    assert_true(live_recording_start(&recording, scratch_path("a.mkv"), &options));
    *warned = false;
    for (int i = 0; i < n; i++) {
        frame.number = (uint64_t)i;
        frame.media_ns = i * INT64_C(33333333);
        struct pipeline_item item = {&frame, &nobody};
        assert_true(live_recording_write(&recording, &item, &message));
        *warned = *warned || strstr(message.text, "loses frames");
    }
    assert_true(live_recording_stop(&recording, &message));
    image_finish(&frame.picture);
    scratch_finish();
    return message;
}

static void test_lost_frames_are_told(void **state) {
    (void)state;
    bool warned;
    log_set_level(LOG_ERROR);
    struct live_message message = record(200, &warned);
    assert_true(warned);
    assert_non_null(strstr(message.text, "but without"));
    message = record(8, &warned); // all fit into the queue
    assert_false(warned);
    assert_null(strstr(message.text, "but without"));
    log_set_level(LOG_INFO);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lost_frames_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
