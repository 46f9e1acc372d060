// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// A file descriptor that becomes readable when a device below /dev comes or changes. -1 where that
// cannot be watched; then poll. The caller closes it.
int camera_watch_open(void);

// Reads and discards what made it readable.
void camera_watch_drain(int fd);
