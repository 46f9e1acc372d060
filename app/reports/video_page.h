// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/exports.h"
#include "app/sources/frame.h"

// The page of a video: a timeline for each face with its score and smiles, the summary, and a still
// of each smile, taken where its score was highest.

struct video_page;

// Makes the folder. NULL (logged) on failure.
struct video_page *video_page_create(const char *folder);
void video_page_destroy(struct video_page *page); // NULL is legal

// Takes a frame. Allocates only as faces and smiles begin, and as the curves grow. False (logged)
// without memory.
bool video_page_add(struct video_page *page, const struct frame *frame,
                    const struct analysis *analysis);

// Writes FOLDER/index.html, which needs nothing else; the timeline is of the same frames. False
// (logged) on failure.
bool video_page_write(const struct video_page *page, const struct timeline *timeline,
                      const struct provenance *provenance);
