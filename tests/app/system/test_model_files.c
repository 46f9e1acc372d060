// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/model_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), len = strlen(end);
    return n >= len && strcmp(text + n - len, end) == 0;
}

static void two_paths_stay_valid_together(void **state) {
    (void)state;
    char first[MODEL_PATH_LEN], second[MODEL_PATH_LEN];
    const char *smile = model_file_find(NULL, first);
    const char *expression = model_file_find("expression", second);
    assert_true(ends_with(smile, "/smile.onnx"));
    assert_true(ends_with(expression, "/expression.onnx"));
}

static void other_names_stay_as_they_are(void **state) {
    (void)state;
    char path[MODEL_PATH_LEN];
    static const char *const names[] = {"mine.onnx", "./expression", "nothing"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_ptr_equal(model_file_find(names[i], path), names[i]);
    }
}

static void architectures_have_a_folder(void **state) {
    (void)state;
    char path[MODEL_PATH_LEN];
    assert_true(ends_with(model_file_architecture("lenet5", path), "/architectures/lenet5.net"));
    assert_true(ends_with(model_file_architecture(NULL, path), "/architectures/smile.net"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_paths_stay_valid_together),
        cmocka_unit_test(other_names_stay_as_they_are),
        cmocka_unit_test(architectures_have_a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
