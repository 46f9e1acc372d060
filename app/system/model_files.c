// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/model_files.h"

#include "core/base/log.h"
#include "app/system/program_folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MODEL "smile"
#define MODEL_FILE "%s.onnx"
#define ARCHITECTURE_FILE "architectures/%s.net"

static const char *data_file(const char *name, char path[MODEL_PATH_LEN]) {
    char folder[PATH_MAX];
    if (program_folder(folder)) {
        snprintf(path, MODEL_PATH_LEN, SMILECAM_SOURCE_ROOT "/models/%s", name);
        return path;
    }
    snprintf(path, MODEL_PATH_LEN, "%s/../share/smilecam/%s", folder, name);
    if (access(path, R_OK) != 0) {
        snprintf(path, MODEL_PATH_LEN, SMILECAM_DATA_FOLDER "/%s", name);
    }
    return path;
}

// wanted itself, or the shipped file that it is the name of.
static const char *find(const char *wanted, const char *format, char path[MODEL_PATH_LEN]) {
    char name[64];
    int len = snprintf(name, sizeof name, format, wanted ? wanted : MODEL);
    bool could_be_shipped = len < (int)sizeof name && !(wanted && strpbrk(wanted, "./"));
    if (!could_be_shipped || (wanted && access(wanted, F_OK) == 0)) {
        return wanted;
    }
    const char *shipped = data_file(name, path);
    return !wanted || access(shipped, R_OK) == 0 ? shipped : wanted;
}

const char *model_file_find(const char *wanted, char path[MODEL_PATH_LEN]) {
    return find(wanted, MODEL_FILE, path);
}

bool model_file_readable(const char *wanted) {
    char shipped[MODEL_PATH_LEN];
    const char *path = model_file_find(wanted, shipped);
    if (access(path, R_OK) != 0) {
        LOG(ERROR, "%s: cannot be read: %s; choose a model with --model FILE", path,
            strerror(errno));
        return false;
    }
    return true;
}

const char *model_file_architecture(const char *wanted, char path[MODEL_PATH_LEN]) {
    return find(wanted, ARCHITECTURE_FILE, path);
}

const char *model_file_faces(char path[MODEL_PATH_LEN]) {
    return data_file("faces.onnx", path);
}

const char *model_file_landmarks(char path[MODEL_PATH_LEN]) {
    return data_file("landmarks.dat", path);
}
