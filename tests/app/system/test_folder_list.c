// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/folder_list.h"
#include "app/system/path_name.h"
#include "tests/support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void put(const char *name, const char *text) {
    scratch_write(scratch_path(name), text, strlen(text));
}

static void test_pictures_in_order_and_nothing_else(void **state) {
    (void)state;
    static const char *const expected[] = {"a2.HEIC",    "a10.jpg",  "b.gif",
                                           "broken.jpg", "download", "linked"};
    static const char *const others[] = {"notes.txt", ".hidden.jpg", "._a10.jpg", "Thumbs.db"};
    for (size_t i = 0; i < 4; i++) {
        put(others[i], "notes");
    }
    put("a10.jpg", "");
    put("a2.HEIC", "");
    put("b.gif", "");
    put("download", "\xff\xd8\xff\xe0");
    assert_int_equal(symlink("nowhere", scratch_path("broken.jpg")), 0);
    assert_int_equal(symlink("nowhere", scratch_path("dangling")), 0);
    assert_int_equal(symlink("download", scratch_path("linked")), 0);
    assert_int_equal(mkdir(scratch_path("folder.jpg"), 0700), 0);
    struct folder_list list;
    assert_true(folder_list_init(&list, scratch_path("")));
    assert_int_equal(list.n, 6);
    for (int i = 0; i < list.n; i++) {
        assert_string_equal(path_base(list.paths[i]), expected[i]);
    }
    folder_list_finish(&list);
}

static void test_hidden_paths(void **state) {
    (void)state;
    static const char *const hidden[] = {
        ".a", "a/.b", "__MACOSX/a.jpg", ".ipynb_checkpoints/a.jpg", "x/@eaDir/a.jpg/b.jpg", "..a"};
    static const char *const visible[] = {"a",           "./a",         "../a", "a.b",
                                          "x__MACOSX/a", "__MACOSX2/a", ""};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        assert_true(path_is_hidden(hidden[i]));
    }
    for (size_t i = 0; i < sizeof visible / sizeof *visible; i++) {
        assert_false(path_is_hidden(visible[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures_in_order_and_nothing_else),
        cmocka_unit_test(test_hidden_paths),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
