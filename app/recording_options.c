// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "recording_options.h"

struct record_wishes recording_options_read(const struct recording_options *options) {
    return (struct record_wishes){
        .quality = (enum record_quality)options->quality,
        .encoder = options->encoder,
        .preset = options->preset,
    };
}
