// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/file.h"
#include "core/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/smilecam-file-XXXXXX";

static int enter(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state) {
    (void)state;
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void check_content(const char *path, const char *wanted) {
    size_t len;
    char *text = file_read(path, 100, &len);
    assert_non_null(text);
    assert_int_equal(len, strlen(wanted));
    assert_string_equal(text, wanted);
    free(text);
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    assert_true(file_write("a", "one", 3));
    check_content("a", "one");
    assert_true(file_write("a", "", 0));
    check_content("a", "");
    file_remove("a");
    assert_int_equal(access("a", F_OK), -1);
}

static void test_a_symbolic_link_stays_one(void **state) {
    (void)state;
    struct stat info;
    assert_int_equal(mkdir("there", 0777), 0);
    assert_true(file_write("there/a", "old", 3));
    assert_int_equal(symlink("there/a", "link"), 0);
    assert_true(file_write("link", "new", 3));
    assert_int_equal(lstat("link", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    check_content("there/a", "new");
    unlink("link");
    unlink("there/a");
    assert_int_equal(rmdir("there"), 0); // no temporary file either
}

static void test_what_is_no_plain_file_is_left_alone(void **state) {
    (void)state;
    log_set_level((enum log_level) - 1);
    assert_int_equal(mkdir("there", 0777), 0);
    assert_false(file_write("there", "x", 1));
    assert_false(file_write("nowhere/a", "x", 1));
    assert_null(file_read("there", 100, NULL));
    assert_null(file_read("nowhere", 100, NULL));
    assert_true(file_write("a", "four", 4));
    assert_null(file_read("a", 3, NULL));
    log_set_level(LOG_INFO);
    file_remove("a");
    file_remove("there");
    assert_int_equal(rmdir("there"), 0);
}

static void test_names_may_be_as_long_as_they_may_be(void **state) {
    (void)state;
    char name[256] = "";
    memset(name, 'n', 255);
    assert_true(file_write(name, "four", 4));
    assert_int_equal(unlink(name), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_a_symbolic_link_stays_one),
        cmocka_unit_test(test_what_is_no_plain_file_is_left_alone),
        cmocka_unit_test(test_names_may_be_as_long_as_they_may_be),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
