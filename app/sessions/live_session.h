// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sessions/live_options.h"
#include "app/system/exit_codes.h"

// From a source to the window, the recording and the events, until the user, the medium or the time
// ends it.

// Fills *options from the settings as they are now. False (logged) when they make no sense.
typedef bool live_reload(void *arg, struct live_options *options);

// On SIGHUP a kiosk restarts with the options that reload gives, in the same
// window; when they do not work, it goes on as it was.
enum exit_code live_session_run(const struct live_options *options, live_reload *reload, void *arg);
