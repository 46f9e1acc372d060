// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/json.h"
#include "app/system/standard_streams.h"
#include "app/sources/camera_list.h"
#include "app/commands/command.h"

#include "core/base/log.h"
#include "vision/vision.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_MODES 32 // queried at each level; a broken driver must not keep us here

// One way in which a camera can deliver pictures.
struct mode {
    char fourcc[5];
    int width, height; // pixels; the largest where the driver takes any size
    int n_rates;
    double rates_hz[MAX_MODES];
};

typedef void (*mode_visitor)(void *context, const struct mode *mode);

static double to_hz(const struct v4l2_fract *interval) {
    return interval->numerator > 0 ? (double)interval->denominator / interval->numerator : 0;
}

static void visit_size(int fd, struct mode *mode, unsigned pixel_format, mode_visitor visit,
                       void *context) {
    mode->n_rates = 0;
    for (unsigned i = 0; i < MAX_MODES; i++) {
        struct v4l2_frmivalenum interval = {.index = i,
                                            .pixel_format = pixel_format,
                                            .width = (unsigned)mode->width,
                                            .height = (unsigned)mode->height};
        if (ioctl(fd, VIDIOC_ENUM_FRAMEINTERVALS, &interval) != 0) {
            break;
        }
        bool discrete = interval.type == V4L2_FRMIVAL_TYPE_DISCRETE;
        mode->rates_hz[mode->n_rates++] =
            to_hz(discrete ? &interval.discrete : &interval.stepwise.min);
        if (!discrete) {
            break;
        }
    }
    visit(context, mode);
}

static void visit_format(int fd, unsigned pixel_format, mode_visitor visit, void *context) {
    struct mode mode = {0};
    for (int k = 0; k < 4; k++) {
        char c = (char)(pixel_format >> (8 * k) & 0x7f);
        mode.fourcc[k] = c >= ' ' && c < 0x7f ? c : '?';
    }
    for (unsigned i = 0; i < MAX_MODES; i++) {
        struct v4l2_frmsizeenum size = {.index = i, .pixel_format = pixel_format};
        if (ioctl(fd, VIDIOC_ENUM_FRAMESIZES, &size) != 0) {
            break;
        }
        bool discrete = size.type == V4L2_FRMSIZE_TYPE_DISCRETE;
        mode.width = (int)(discrete ? size.discrete.width : size.stepwise.max_width);
        mode.height = (int)(discrete ? size.discrete.height : size.stepwise.max_height);
        visit_size(fd, &mode, pixel_format, visit, context);
        if (!discrete) {
            break;
        }
    }
}

// Of devices of one plane, or of several.
static void visit_formats(int fd, unsigned type, mode_visitor visit, void *context) {
    for (unsigned i = 0; i < MAX_MODES; i++) {
        struct v4l2_fmtdesc format = {.index = i, .type = type};
        if (ioctl(fd, VIDIOC_ENUM_FMT, &format) != 0) {
            break;
        }
        visit_format(fd, format.pixelformat, visit, context);
    }
}

static void visit_modes(const char *path, mode_visitor visit, void *context) {
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    visit_formats(fd, V4L2_BUF_TYPE_VIDEO_CAPTURE, visit, context);
    visit_formats(fd, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, visit, context);
    close(fd);
}

// ---- output ----

static void print_mode(void *context, const struct mode *mode) {
    (void)context;
    printf("    %s %4dx%-4d", mode->fourcc, mode->width, mode->height);
    for (int i = 0; i < mode->n_rates; i++) {
        printf("%s%g", i == 0 ? "  " : ", ", round(mode->rates_hz[i] * 100) / 100);
    }
    puts(mode->n_rates > 0 ? " Hz" : "");
}

static void print_camera(const struct camera_entry *camera) {
    printf("%d: %s\n    %s\n", camera->number, camera->name[0] ? camera->name : "(no name)",
           camera->path);
    if (camera->stable[0]) {
        printf("    %s\n", camera->stable);
    }
    char who[80];
    if (camera_holder(camera->path, who, sizeof who)) {
        printf("    in use by %s\n", who);
    }
    const char *problem = camera_probe(camera->path),
               *drawback = camera_kind_drawback(camera->kind);
    if (problem) {
        printf("    cannot be opened: %s\n", problem);
    } else if (drawback[0]) {
        printf("    %s\n", drawback);
    }
    visit_modes(camera->path, print_mode, NULL);
}

static void collect_mode(void *context, const struct mode *mode) {
    json_t *rates = json_array();
    for (int i = 0; i < mode->n_rates; i++) {
        json_array_append_new(rates, json_rounded(mode->rates_hz[i], 3));
    }
    json_array_append_new(context,
                          json_pack("{s:s, s:i, s:i, s:o}", "format", mode->fourcc, "width",
                                    mode->width, "height", mode->height, "rates", rates));
}

static const char *kind_word(enum camera_kind kind) {
    static const char *const words[] = {"colour", "virtual",    "grey",
                                        "sensor", "unreadable", "unknown"};
    return words[kind];
}

static bool print_camera_json(const struct camera_entry *camera) {
    json_t *modes = json_array();
    visit_modes(camera->path, collect_mode, modes);
    const char *error = camera_probe(camera->path);
    char who[80];
    bool held = camera_holder(camera->path, who, sizeof who);
    return json_write_line(json_pack("{s:i, s:i, s:o, s:s, s:o, s:o*, s:o*, s:o, s:o*}", "v", 1,
                                     "number", camera->number, "name", json_text(camera->name),
                                     "kind", kind_word(camera->kind), "path",
                                     json_text(camera->path), "stable",
                                     camera->stable[0] ? json_text(camera->stable) : NULL,
                                     "used_by", held ? json_text(who) : NULL, "modes", modes,
                                     "error", error ? json_text(error) : NULL),
                           stdout);
}

static enum exit_code list_cameras(bool json) {
    static struct camera_entry cameras[MAX_CAMERAS];
    int n = camera_list(cameras, MAX_CAMERAS);
    for (int i = 0; i < n; i++) {
        if (!json) {
            print_camera(&cameras[i]);
        } else if (!print_camera_json(&cameras[i])) {
            standard_output_fail();
            return EXIT_CODE_OUTPUT;
        }
    }
    if (n == 0) {
        LOG(INFO,
            "no camera found; plug one in, or use 'smilecam --source demo' to see the demo face");
    }
    return EXIT_CODE_OK;
}

struct values {
    bool json;
};

static const struct option_spec specs[] = {
    OPTION("json", 0, FLAG, struct values, json, .help = N_("print JSON Lines instead of text")),
};

static const struct option_table table = {
    .command = "devices",
    .operands = "",
    .summary = N_("Lists the cameras with their formats, sizes and rates."),
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
};

static enum exit_code run(int argc, char **argv) {
    struct values values = {0};
    enum exit_code code;
    return command_parse(&table, argc, argv, &values, NULL, &code) ? list_cameras(values.json)
                                                                   : code;
}

const struct command command_devices = {
    "devices", N_("list cameras, their formats, sizes and rates"), &table, run};
