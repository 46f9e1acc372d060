// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/picture_set.h"
#include "tests/support/scratch.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

// A folder per label, and what macOS, Jupyter and Synology leave beside it.
static const char *const names[] = {
    "neutral/a.jpg",
    "neutral/download",
    "smile/b.heic",
    "smile/notes.txt",
    "neutral/._a.jpg",
    "smile/.ipynb_checkpoints/b-checkpoint.jpg",
    "smile/@eaDir/b.heic/thumb.jpg",
    "__MACOSX/smile/._b.heic",
    ".Trash-1000/files/c.jpg",
    ".ipynb_checkpoints/labels.csv",
};
#define N_FILES ((int)(sizeof names / sizeof *names))

static const char *content(int i) {
    return strstr(names[i], "notes") ? "notes" : "\xff\xd8\xff\xe0";
}

static void make_folders_of(const char *path) {
    char folder[512];
    for (const char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        memcpy(folder, path, (size_t)(slash - path));
        folder[slash - path] = '\0';
        mkdir(folder, 0700);
    }
}

static void make_archive(const char *path, const char *prefix) {
    struct archive *archive = archive_write_new();
    archive_write_set_format_pax_restricted(archive);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    for (int i = 0; i < N_FILES; i++) {
        char name[256] = "";
        struct archive_entry *entry = archive_entry_new();
        strcat(strcat(name, prefix), names[i]);
        archive_entry_set_pathname(entry, name);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        archive_entry_set_size(entry, (la_int64_t)strlen(content(i)));
        archive_write_header(archive, entry);
        archive_write_data(archive, content(i), strlen(content(i)));
        archive_entry_free(entry);
    }
    archive_write_free(archive);
}

static void check_set(const char *path) {
    struct picture_set set;
    assert_true(picture_set_open(&set, path));
    assert_string_equal(set.layout, "folder per label");
    assert_int_equal(set.n, 3);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(set.pictures[i].name, names[i]);
        assert_string_equal(set.pictures[i].label, i < 2 ? "neutral" : "smile");
    }
    picture_set_close(&set);
}

static void test_what_is_hidden_in_a_folder_is_no_data(void **state) {
    (void)state;
    char folder[512], path[1024];
    strcpy(folder, scratch_path("set"));
    for (int i = 0; i < N_FILES; i++) {
        strcat(strcat(strcpy(path, folder), "/"), names[i]);
        make_folders_of(path);
        scratch_write(path, content(i), strlen(content(i)));
    }
    check_set(folder);
}

static void test_what_is_hidden_in_an_archive_is_no_data(void **state) {
    (void)state;
    make_archive(scratch_path("set.tar"), "");
    check_set(scratch_path("set.tar"));
    make_archive(scratch_path("dotted.tar"), "./");
    check_set(scratch_path("dotted.tar"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_hidden_in_a_folder_is_no_data),
        cmocka_unit_test(test_what_is_hidden_in_an_archive_is_no_data),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
