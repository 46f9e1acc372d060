// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/photos/box_set.h"
#include "core/base/thread_pool.h"
#include "core/train/scene_set.h"

// Decoded images of a box set, for learning and measuring a detector.

// By the hash of an image's file, so that copies stay together, whatever the set: a tenth is only
// ever measured, a twentieth sets the threshold, the rest is learnt from.
enum image_use { USE_TEST, USE_CALIBRATION, USE_LEARNING };

// Reads every image, with its halves, and its boxes as truths. Those flagged "invalid" are ignored
// ones. scenes->pictures and *uses have one entry for each image of the set; an image that cannot
// be read is named and has no levels. False (logged) without memory. The caller frees *uses.
bool scene_reader_read(const struct box_set *boxes, struct thread_pool *threads,
                       struct scene_set *scenes, enum image_use **uses, int *n_unreadable);
