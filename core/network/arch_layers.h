// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/arch_parser.h"

// Parses the current line if it is a layer and not a block; *known says whether it is.
bool arch_layer(struct parser *p, bool *known);
