// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Why the camera at path cannot be opened, with the remedy, in words that continue "cannot open the
// camera PATH: "; NULL when nothing speaks against it. OpenCV itself says only that it failed, and
// where another program has the camera, only after half a minute.
const char *camera_probe(const char *path);

#ifdef __cplusplus
}
#endif
