// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/rng.h"

// Does to side x side grey levels what cameras do, at random: light from one side, wrong gamma,
// contrast and brightness, blur, motion, darkness down to a twentieth with the sensor's noise and
// gain, JPEG. detail: pixels of the smallest object that is to stay recognisable, by which blur is
// limited. The result is whole grey levels in [0, 255]. scratch: side * side floats.
void camera_faults(struct rng *rng, int side, double detail, float *scratch, float *pixels);
