// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// A layer in a few words: "conv 3x3 /2, 8 groups", "max pool 2x2 /2", "relu".
void layer_summary(const struct node *node, char *text, size_t room);
