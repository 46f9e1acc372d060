// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <libintl.h>

// What people read, in the language of the user's locale, from po/. What programs read (JSON, CSV)
// stays as it is.

#define _(words) gettext(words)
#define N_(words) words // to be translated where it is shown

// Call first in main. Numbers keep their point.
void i18n_start(void);

// From now on nothing is translated.
void i18n_stay_english(void);
