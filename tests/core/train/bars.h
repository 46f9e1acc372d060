// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/dataset.h"

#define CHIP 20
#define N_CROPS 160

// Bright bars, lying (neutral) or standing (smile); every tenth picture has no face.
void bars_make(struct dataset *dataset);
