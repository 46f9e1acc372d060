// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/settings.h"
#include "core/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char taken[1024], said[512];

static bool take(void *arg, const char *name, const char *value, const char *where) {
    (void)where;
    size_t used = strlen(taken);
    snprintf(taken + used, sizeof taken - used, "%s=%s;", name, value);
    return !arg || strcmp(name, arg) != 0;
}

static void listen(enum log_level level, const char *line) {
    (void)level;
    snprintf(said, sizeof said, "%s", line);
}

static bool parse(const char *text, const char *section) {
    static char copy[4096];
    taken[0] = said[0] = '\0';
    snprintf(copy, sizeof copy, "%s", text);
    return settings_parse(copy, strlen(copy), "a.conf", section, take, NULL);
}

static const char text[] = "# a comment\n"
                           "  source =  my camera = good \r\n"
                           "\n"
                           "mirror=no\n"
                           "[annotate]\n"
                           "detector = hog\n"
                           "[live]\n"
                           "kiosk = yes";

static void test_sections_are_told_apart(void **state) {
    (void)state;
    assert_true(parse(text, "live"));
    assert_string_equal(taken, "source=my camera = good;mirror=no;kiosk=yes;");
    assert_true(parse(text, "annotate"));
    assert_string_equal(taken, "detector=hog;");
    assert_true(parse(text, "eval"));
    assert_string_equal(taken, "");
}

static void test_nonsense_is_refused_with_its_line(void **state) {
    (void)state;
    log_set_writer(listen);
    assert_false(parse("mirror = no\nwhat is this\n", "live"));
    assert_non_null(strstr(said, "a.conf, line 2: expected name = value"));
    assert_false(parse("= no\n", "live"));
    assert_false(parse("[live\nmirror = no\n", "live"));
    assert_non_null(strstr(said, "a.conf, line 1: expected [command]"));
    assert_false(parse("[]\n", "live"));
    char zero[] = "a = b\0c = d\n";
    assert_false(settings_parse(zero, sizeof zero - 1, "a.conf", "live", take, NULL));
    char stopped[] = "a = 1\nb = 2\nc = 3\n";
    taken[0] = '\0';
    assert_false(settings_parse(stopped, strlen(stopped), "a.conf", "live", take, "b"));
    assert_string_equal(taken, "a=1;b=2;");
    log_set_writer(NULL);
}

static char folder[] = "/tmp/smilecam-settings-XXXXXX";

static void write_file(const char *place, const char *content, size_t n) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, place);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/smilecam", folder, place);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/smilecam/smilecam.conf", folder, place);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(content, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static void test_files_come_in_order(void **state) {
    (void)state;
    char list[256];
    assert_non_null(mkdtemp(folder));
    write_file("first", "a = first", 9);
    write_file("second", "a = second", 10);
    write_file("own", "a = own", 7);
    snprintf(list, sizeof list, "%s/first:%s/second:%s/absent:relative", folder, folder, folder);
    setenv("XDG_CONFIG_DIRS", list, 1);
    snprintf(list, sizeof list, "%s/own", folder);
    setenv("XDG_CONFIG_HOME", list, 1);
    taken[0] = '\0';
    assert_true(settings_read("live", take, NULL));
    assert_string_equal(taken, "a=second;a=first;a=own;");
    char *long_text = malloc(SETTINGS_MAX_BYTES + 10);
    memset(long_text, '#', SETTINGS_MAX_BYTES + 10);
    write_file("own", long_text, SETTINGS_MAX_BYTES + 10);
    free(long_text);
    log_set_writer(listen);
    assert_false(settings_read("live", take, NULL));
    assert_non_null(strstr(said, "too long"));
    log_set_writer(NULL);
    snprintf(list, sizeof list, "rm -r %s", folder);
    assert_int_equal(system(list), 0);
}

// As after su without "-": HOME is another user's. Root, who may enter anything, becomes nobody.
static void test_a_home_that_cannot_be_entered_has_no_settings(void **state) {
    (void)state;
    char path[256];
    uid_t user = geteuid();
    strcpy(folder, "/tmp/smilecam-settings-XXXXXX");
    assert_non_null(mkdtemp(folder));
    write_file(".config", "a = other", 9);
    setenv("XDG_CONFIG_DIRS", "/nowhere", 1);
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", folder, 1);
    taken[0] = '\0';
    assert_int_equal(chmod(folder, 0), 0);
    assert_int_equal(user == 0 ? seteuid(65534) : 0, 0);
    assert_true(settings_read("live", take, NULL));
    assert_int_equal(seteuid(user), 0);
    assert_string_equal(taken, "");
    // But a file that is there and cannot be read is an error.
    assert_int_equal(chmod(folder, 0755), 0);
    snprintf(path, sizeof path, "chmod -R a+x %s; chmod 0 %s/.config/smilecam/smilecam.conf",
             folder, folder);
    assert_int_equal(system(path), 0);
    log_set_writer(listen);
    assert_int_equal(user == 0 ? seteuid(65534) : 0, 0);
    assert_false(settings_read("live", take, NULL));
    assert_int_equal(seteuid(user), 0);
    assert_non_null(strstr(said, "cannot be read: Permission denied"));
    log_set_writer(NULL);
    snprintf(path, sizeof path, "rm -rf %s", folder);
    assert_int_equal(system(path), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections_are_told_apart),
        cmocka_unit_test(test_nonsense_is_refused_with_its_line),
        cmocka_unit_test(test_files_come_in_order),
        cmocka_unit_test(test_a_home_that_cannot_be_entered_has_no_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
