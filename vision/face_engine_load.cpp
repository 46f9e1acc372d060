// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/face_engine.hpp"
#include "vision/guard.hpp"

extern "C" {
#include "core/base/cpu_limit.h"
}

#include <climits>
#include <cstring>
#include <stdexcept>
#include <string>
#include <dlfcn.h>
#include <unistd.h>

// ---- where the modules are ----

static std::string program_folder() {
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    std::string program(path, n > 0 ? (std::size_t)n : 0);
    return program.substr(0, program.find_last_of('/'));
}

// Only a program inside its build tree trusts that tree; an installed one finds its modules beside
// itself, wherever it was moved to, or where it was meant to be.
static std::string module_path(const char *name) {
    std::string folder = program_folder() + "/", build = SMILECAM_BUILD_ROOT "/";
    std::string file = std::string("/smilecam-faces-") + name + ".so";
    if (folder.compare(0, build.size(), build) == 0) {
        return build + "vision" + file;
    }
    std::string beside = folder + SMILECAM_MODULES_FROM_PROGRAM + file;
    return access(beside.c_str(), R_OK) == 0 ? beside : SMILECAM_MODULES + file;
}

// ---- which one ----

static bool runs_v3() {
#ifdef HAVE_KERNELS_X86
    return strcmp(cpu_limit(), "scalar") != 0 && __builtin_cpu_supports("avx2") &&
           __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
#else
    return false;
#endif
}

static const struct face_engine &load(const char *name) {
    void *module = dlopen(module_path(name).c_str(), RTLD_NOW | RTLD_LOCAL);
    void *symbol = module ? dlsym(module, FACE_ENGINE_SYMBOL) : nullptr;
    if (!symbol) {
        throw std::runtime_error(std::string("a part of smilecam is missing (") + dlerror() +
                                 "); build or install it again");
    }
    return *reinterpret_cast<face_engine_function *>(symbol)();
}

const struct face_engine &face_engine_load() {
    static const struct face_engine &engine = load(runs_v3() ? "x86-64-v3" : "generic");
    return engine;
}

const char *dlib_instructions(void) {
    return guarded("load dlib's code", "none", [] { return face_engine_load().name; });
}
