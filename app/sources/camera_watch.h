// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// A file to poll for input: there is some when a device came or changed below /dev. -1 where that
// cannot be watched, which leaves looking now and then. The caller closes it.
int camera_watch_open(void);

// Takes the input away.
void camera_watch_drain(int fd);
