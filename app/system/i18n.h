// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <libintl.h>

// Text for people in the language of the user's locale, from po/: the window, help and, without a
// mark of their own, the formats of LOG. Text for programs (JSON, CSV) is never
// translated.

#define _(words) gettext(words)
#define N_(words) words // marks text that is translated where it is shown

// Call first in main. Numbers keep their point.
void i18n_start(void);

// From now on only messages are translated.
void i18n_stay_english(void);
