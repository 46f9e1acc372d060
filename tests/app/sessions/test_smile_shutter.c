// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/face_fade.h"
#include "app/system/save_path.h"
#include "app/sessions/smile_shutter.h"
#include "tests/support/scratch.h"

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

#define STEP_S (1.0 / 30)

static struct analysis analysis; // large

static void set_smiles(int n, int n_smiling) {
    analysis.n_faces = n;
    for (int i = 0; i < n; i++) {
        analysis.faces[i] = (struct face_view){.id = i + 1, .smiling = i < n_smiling};
    }
}

// Goes on for so long; returns how many photographs were taken.
static int pass(struct smile_shutter *shutter, double *t, double seconds) {
    int n = 0;
    for (double end = *t + seconds; *t < end; *t += STEP_S) {
        n += smile_shutter_update(shutter, *t, &analysis);
    }
    return n;
}

static void test_everyone_has_to_smile(void **state) {
    (void)state;
    struct smile_shutter shutter = {0};
    double t = 100;
    set_smiles(0, 0);
    assert_int_equal(pass(&shutter, &t, 9), 0);
    set_smiles(3, 2);
    assert_int_equal(pass(&shutter, &t, 9), 0);
    set_smiles(3, 3);
    assert_int_equal(pass(&shutter, &t, 9), 1); // and no more while they go on
    set_smiles(3, 0);
    assert_int_equal(pass(&shutter, &t, 0.1), 0);
    set_smiles(3, 3);
    assert_int_equal(pass(&shutter, &t, 9), 1);
}

static void test_it_counts_down(void **state) {
    (void)state;
    struct smile_shutter shutter = {0};
    double t = 0;
    set_smiles(1, 1);
    assert_int_equal(smile_shutter_count(&shutter, t), 0);
    pass(&shutter, &t, SHUTTER_HOLD_S + 0.1);
    for (int count = SHUTTER_COUNTS; count > 0; count--) {
        assert_int_equal(smile_shutter_count(&shutter, t), count);
        assert_int_equal(pass(&shutter, &t, SHUTTER_COUNT_S), count == 1);
    }
    assert_int_equal(smile_shutter_count(&shutter, t), 0);
}

static void test_a_lapse_is_forgiven_and_an_end_is_not(void **state) {
    (void)state;
    for (int ends = 0; ends < 2; ends++) {
        struct smile_shutter shutter = {0};
        double t = 0;
        set_smiles(2, 2);
        pass(&shutter, &t, SHUTTER_HOLD_S + 0.3);
        set_smiles(2, 1);
        assert_int_equal(pass(&shutter, &t, ends ? 1 : SHUTTER_LAPSE_S / 2), 0);
        assert_int_equal(smile_shutter_count(&shutter, t) > 0, !ends);
        set_smiles(2, 2);
        assert_int_equal(pass(&shutter, &t, 2), !ends);
    }
}

static void test_a_face_lingers(void **state) {
    (void)state;
    static struct face_fade fade;
    fade = (struct face_fade){0};
    analysis.n_faces = 1;
    analysis.faces[0] = (struct face_view){.id = 7, .box = {10, 10, 40, 40}, .seen = true};
    face_fade_apply(&fade, 1.0, &analysis);
    assert_int_equal(analysis.n_faces, 1);
    for (int k = 1; k < 6; k++) {
        analysis.n_faces = 0;
        face_fade_apply(&fade, 1.0 + 0.1 * k, &analysis);
        assert_int_equal(analysis.n_faces, 0.1 * k < FACE_FADE_S);
        if (analysis.n_faces > 0) {
            assert_true(analysis.faces[0].unseen_s > 0.1 * k - 0.01);
            assert_false(analysis.faces[0].seen);
        }
    }
}

static void test_a_face_gives_way_to_another(void **state) {
    (void)state;
    static struct face_fade fade;
    fade = (struct face_fade){0};
    analysis.n_faces = 1;
    analysis.faces[0] = (struct face_view){.id = 7, .box = {10, 10, 40, 40}};
    face_fade_apply(&fade, 1.0, &analysis);
    analysis.faces[0] = (struct face_view){.id = 8, .box = {12, 12, 40, 40}};
    face_fade_apply(&fade, 1.1, &analysis);
    assert_int_equal(analysis.n_faces, 1);
    analysis.n_faces = 0;
    face_fade_apply(&fade, 0.5, &analysis); // time went back: another scene
    assert_int_equal(analysis.n_faces, 0);
}

static void write_user_dirs(const char *line) {
    FILE *file = fopen("user-dirs.dirs", "w");
    assert_non_null(file);
    fprintf(file, "# made by xdg-user-dirs-update\n%s\n", line);
    fclose(file);
}

static void assert_saved_in(const char *folder) {
    char path[4096];
    save_path(SAVE_JPEG, NULL, path, sizeof path);
    char *slash = strrchr(path, '/');
    assert_non_null(strstr(slash, ".jpg"));
    *slash = '\0';
    assert_string_equal(path, folder);
}

static void test_pictures_go_where_the_user_keeps_them(void **state) {
    (void)state;
    char home[4096], wanted[4200];
    assert_non_null(realpath(".", home));
    unsetenv("XDG_PICTURES_DIR");
    setenv("HOME", home, 1);
    setenv("XDG_CONFIG_HOME", home, 1);
    mkdir("Pictures", 0777);
    snprintf(wanted, sizeof wanted, "%s/Pictures", home);
    assert_saved_in(wanted);
    write_user_dirs("XDG_PICTURES_DIR=\"$HOME/new\""); // is made
    snprintf(wanted, sizeof wanted, "%s/new", home);
    assert_saved_in(wanted);
    snprintf(wanted, sizeof wanted, "%s/Pictures", home);
    write_user_dirs("XDG_PICTURES_DIR=\"relative\"\nXDG_PICTURES_DIRS=\"/tmp\"");
    assert_saved_in(wanted);
    assert_true(save_folder_ready("Bilder"));
    write_user_dirs("XDG_VIDEOS_DIR=\"/\"\nXDG_PICTURES_DIR=\"$HOME/Bilder\"");
    snprintf(wanted, sizeof wanted, "%s/Bilder", home);
    assert_saved_in(wanted);
    setenv("XDG_PICTURES_DIR", home, 1);
    assert_saved_in(home);
    assert_false(save_folder_ready("user-dirs.dirs"));
    assert_false(save_folder_ready("no/such"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everyone_has_to_smile),
        cmocka_unit_test(test_it_counts_down),
        cmocka_unit_test(test_a_lapse_is_forgiven_and_an_end_is_not),
        cmocka_unit_test(test_a_face_lingers),
        cmocka_unit_test(test_a_face_gives_way_to_another),
        cmocka_unit_test(test_pictures_go_where_the_user_keeps_them),
    };
    scratch_init();
    int failed = chdir(scratch_path("")) + cmocka_run_group_tests(tests, NULL, NULL);
    scratch_finish();
    return failed;
}
