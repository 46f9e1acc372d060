// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/smile_classifier.h"

// Maps of where the network looked, from the model's cells to colours over a face.

// Fills in the map of the i-th sighting of the last smile_classifier_read. Left empty when the
// model has no maps (logged) or the landmarks span no face.
void attention_map_read(struct smile_classifier *classifier, int i, struct sighting *sighting);

// Shrinks a map of the model into map->cells, averaging, and says where they lie.
// cells:(map_height, map_width)
void attention_map_fill(struct attention_map *map, const struct model_info *info,
                        const float *cells);

// The colours of a cell, 0xAARRGGBB, straight alpha: green for what speaks for a smile, violet for
// what speaks against it, and the more it says, the more opaque.
uint32_t attention_map_colour(float cell);

// The whole map as a smooth picture of side x side pixels that fades towards its edges.
#define FACE_MAP_PIXELS 64 // the largest side
void attention_map_paint(const struct attention_map *map, uint32_t *pixels, int side);
