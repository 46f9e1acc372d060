// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/log.h"
#include "app/commands/shared_options.h"
#include "app/sessions/live_session.h"
#include "app/commands/command.h"

struct values {
    struct live_options live;
    struct recording_options recording;
    const char *hours;
};

static const struct option_spec specs[] = {
    OPTION_HEADING(N_("Source")),
    OPTION("source", 's', TEXT, struct values, live.source, .argument = "SOURCE",
           .help =
               N_("camera (number, /dev/videoN or name), file, folder, URL, demo, demo:talking"),
           .fallback = "auto", .suggested = "auto|demo|demo:talking"),
    OPTION("width", 0, INT, struct values, live.wanted.width, .argument = "PX",
           .help = N_("requested width of camera or demo (default: 1280)"), .minimum = 16,
           .maximum = 16384),
    OPTION("height", 0, INT, struct values, live.wanted.height, .argument = "PX",
           .help = N_("requested height (default: 720)"), .minimum = 16, .maximum = 16384),
    OPTION("rate", 0, REAL, struct values, live.wanted.rate_hz, .argument = "HZ",
           .help = N_("requested frame rate (default: 30); the pictures of a folder become a film"),
           .minimum = 0.1, .maximum = 1000),
    OPTION("camera-rotation", 0, CHOICE, struct values, live.wanted.rotation,
           .argument = "0|90|180|270", .help = N_("rotate the camera's picture clockwise"),
           .fallback = "0"),
    OPTION("wait", 0, SWITCH, struct values, live.wait,
           .help = N_("wait for a lost camera to come back"), .fallback = "yes"),
    OPTION("realtime", 0, CHOICE, struct values, live.realtime, .argument = "auto|yes|no",
           .help = N_("play files at their own speed; auto: with a window"), .fallback = "auto"),
    OPTION("duration", 't', REAL, struct values, live.duration_s, .argument = "S",
           .help = N_("stop after S seconds"), .minimum = 0.001, .maximum = 1e9),

    OPTION_HEADING(N_("Faces and smiles")),
    MODEL_OPTION(struct values, live.model),
    OPTION_GROUP(operating_point_options, struct values, live.point),
    MIN_FACE_OPTION(struct values, live.min_face_px),
    DETECTOR_OPTION(struct values, live.detector.kind),
    OPTION_GROUP(landmark_options, struct values, live.landmarks),

    OPTION_HEADING(N_("Window")),
    OPTION("headless", 0, FLAG, struct values, live.headless, .help = N_("open no window")),
    OPTION("fullscreen", 'f', FLAG, struct values, live.fullscreen,
           .help = N_("start in full screen")),
    OPTION("keep-open", 0, SWITCH, struct values, live.keep_open,
           .help = N_("keep the window open at the end of a file"), .fallback = "yes"),
    OPTION("display", 0, INT, struct values, live.display, .argument = "N",
           .help = N_("monitor to start on (default: 0)"), .minimum = 0, .maximum = 63),
    OPTION("rotate", 0, CHOICE, struct values, live.rotation, .argument = "0|90|180|270",
           .help = N_("rotate the window clockwise, for a screen mounted sideways"),
           .fallback = "0"),
    OPTION("mirror", 0, CHOICE, struct values, live.mirror, .argument = "auto|yes|no",
           .help = N_("mirror the window; auto: for cameras"), .fallback = "auto"),
    OPTION("text-size", 0, CHOICE, struct values, live.look.text, .argument = "normal|large|larger",
           .help = N_("size of the text in the window"), .fallback = "normal"),
    OPTION("high-contrast", 0, FLAG, struct values, live.look.high_contrast,
           .help = N_("white and yellow on black, with thick lines")),

    OPTION_HEADING(N_("Recording and results")),
    OPTION("record", 'r', TEXT, struct values, live.outputs.record, .argument = "FILE",
           .help = N_("record with boxes and labels (.mkv, .mp4, .mov, .webm)")),
    OPTION_GROUP(recording_options, struct values, recording),
    OPTION("mirror-recording", 0, FLAG, struct values, live.mirror_recording,
           .help = N_("mirror the recording too")),
    OPTION("output", 0, TEXT, struct values, live.output, .argument = "/dev/videoN",
           .help = N_("be a camera for other programs: feed a device of v4l2loopback")),
    OPTION_GROUP(output_options, struct values, live.outputs),

    OPTION_HEADING(N_("Photographs")),
    OPTION("smile-shutter", 0, FLAG, struct values, live.smile_shutter,
           .help = N_("take a photograph when everyone smiles")),
    OPTION("pictures", 0, TEXT, struct values, live.pictures, .argument = "DIR",
           .help = N_("folder for photographs (default: your pictures folder)")),
    OPTION("picture-format", 0, CHOICE, struct values, live.photo_format, .argument = "png|jpg",
           .help = N_("file format of photographs"), .fallback = "png"),

    OPTION_HEADING(N_("Kiosk")),
    OPTION("kiosk", 0, FLAG, struct values, live.kiosk,
           .help = N_("run unattended on a public display (docs/kiosk.md)")),
    OPTION("exit-word", 0, TEXT, struct values, live.exit_word, .argument = "WORD",
           .help = N_("typing WORD leaves kiosk mode"), .fallback = "quit", .alias = "way-out"),
    OPTION("hours", 0, TEXT, struct values, hours, .argument = "HOURS",
           .help = N_("close the camera outside of 'mo-fr 8:00-18:00, sa 10:00-14:00'")),
    OPTION("idle-text", 0, TEXT, struct values, live.idle_text, .argument = "TEXT",
           .help = N_("words when nobody is there (default: Come and smile)")),
    OPTION("idle-picture", 0, TEXT, struct values, live.idle_picture, .argument = "FILE",
           .help = N_("picture above these words (default: a smile)")),
    OPTION("counts", 0, TEXT, struct values, live.counts, .argument = "FILE",
           .help = N_("write hourly counts of faces and smiles, as CSV")),
    OPTION("health", 0, TEXT, struct values, live.health, .argument = "FILE",
           .help = N_("say in FILE every 10 s how the program is, as a line of JSON")),
    OPTION("allow-recording", 0, FLAG, struct values, live.allow_recording,
           .help = N_("allow recording, and files about single faces, in kiosk mode")),
};

static const struct option_table table = {
    .command = "live",
    .operands = "[SOURCE]",
    .summary = N_("Shows who is smiling, live from a camera, a video or the drawn demo face."),
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
    .max_operands = 1,
};

static bool parse(int argc, char **argv, struct live_options *live, enum exit_code *code) {
    struct values values = {0};
    struct operands operands;
    if (!command_parse(&table, argc, argv, &values, &operands, code)) {
        return false;
    }
    *live = values.live;
    live->source = operands.n > 0 ? operands.items[0] : live->source;
    live->rotation *= 90; // the words of these two are quarter turns
    live->wanted.rotation *= 90;
    *code = EXIT_CODE_USAGE;
    if (values.hours && !live->kiosk) {
        LOG(ERROR, "--hours needs --kiosk: only a kiosk closes its camera by itself");
        return false;
    }
    if (values.hours && !opening_hours_parse(values.hours, &live->hours)) {
        return false;
    }
    return recording_options_read(&values.recording, live->outputs.record,
                                  &live->outputs.recording);
}

struct arguments {
    int argc;
    char **argv;
};

static bool reload(void *arg, struct live_options *live) {
    const struct arguments *arguments = arg;
    enum log_level level = log_get_level(); // -q and -v count from the present level
    enum exit_code code;
    bool good = parse(arguments->argc, arguments->argv, live, &code);
    log_set_level(level);
    return good;
}

static enum exit_code run(int argc, char **argv) {
    struct live_options live;
    enum exit_code code;
    return parse(argc, argv, &live, &code)
               ? live_session_run(&live, reload, &(struct arguments){argc, argv})
               : code;
}

const struct command command_live = {
    "live", N_("show who is smiling: camera, video or demo face (the default)"), &table, run};
