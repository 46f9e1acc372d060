// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/arch_parser.h"

// Reads the present line if it is a single layer; blocks are not. *known says whether it was one.
bool parser_layer(struct parser *p, bool *known);
