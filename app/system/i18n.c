// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/i18n.h"

#include "core/base/log.h"
#include "app/system/program_folder.h"

#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#define DOMAIN "smilecam"

// Of messages, whatever the window's fonts can show.
static const char *translate(const char *words) {
    return dgettext(DOMAIN, words);
}

void i18n_start(void) {
    char folder[PATH_MAX], beside[PATH_MAX + 32];
    setlocale(LC_CTYPE, "");
    setlocale(LC_MESSAGES, "");
    if (program_folder(folder)) {
        bindtextdomain(DOMAIN, SMILECAM_BUILD_ROOT "/po");
    } else {
        snprintf(beside, sizeof beside, "%s/../share/locale", folder);
        bindtextdomain(DOMAIN, access(beside, R_OK) == 0 ? beside : SMILECAM_LOCALE_FOLDER);
    }
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    textdomain(DOMAIN);
    log_set_translator(translate);
}

void i18n_stay_english(void) {
    textdomain("none");
}
