// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/version.h"

#include "app/commit.h" // made by Meson from git
#include "core/kernels/cpu.h"
#include "core/onnx/onnx.h"
#include "vision/vision.h"

#include <SDL.h>
#include <libavutil/avutil.h>
#include <stdio.h>

void version_print(void) {
    const struct kernels *kernels = cpu_kernels();
    const struct int8_kernels *int8 = cpu_int8_kernels(kernels);
    char vision[80];
    SDL_version sdl;
    vision_libraries(vision, sizeof vision);
    SDL_GetVersion(&sdl);
    printf("smilecam %s (%s)\n", SMILECAM_VERSION, SMILECAM_COMMIT);
    printf("kernels: %s, 8-bit %s\n", kernels->name, int8 ? int8->name : "none");
    printf("%s\nSDL %d.%d.%d, FFmpeg %s, protobuf-c %s\n", vision, sdl.major, sdl.minor, sdl.patch,
           av_version_info(), onnx_protobuf_version());
}
