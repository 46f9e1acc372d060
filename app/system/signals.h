// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// SIGINT, SIGTERM and SIGHUP ask long work to stop at the next good place; the third one received
// ends the program at once. A SIGHUP that was ignored from the start (nohup) stays ignored.
void stop_signal_install(void);
bool stop_signal_raised(void);

// From now on SIGHUP stops nothing; instead the next hangup_raised returns true, once.
void hangup_install(void);
bool hangup_raised(void);
