// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/log.h"
#include "app/system/exit_codes.h"
#include "app/commands/landmark_options.h"
#include "app/sessions/live_session.h"
#include "app/commands/model_option.h"
#include "app/cli/options.h"
#include "app/commands/recording_options.h"
#include "app/commands/operating_point_options.h"
#include "app/commands/command.h"

#define COUNT(specs) ((int)(sizeof(specs) / sizeof *(specs)))

static enum options_outcome parse(int argc, char **argv, struct live_options *live) {
    struct recording_options recording = {0};
    int mirror = 0, realtime = 0, detector = 0, picture_format = 0, quarters = 0;
    int camera_quarters = 0;
    const struct option_spec specs[] = {
        {.name = "source",
         .letter = 's',
         .kind = OPTION_TEXT,
         .target = &live->source,
         .argument = "SOURCE",
         .help = "camera, file, folder, URL, demo or demo:talking",
         .fallback = "auto",
         .suggested = "auto|demo|demo:talking"},
        {.name = "record",
         .letter = 'r',
         .kind = OPTION_TEXT,
         .target = &live->record,
         .argument = "FILE",
         .help = "record, with boxes and labels (.mkv, .mp4)"},
        RECORDING_SPECS(&recording),
        {.name = "mirror-recording",
         .kind = OPTION_FLAG,
         .target = &live->mirror_recording,
         .help = "mirror what is recorded, too"},
        {.name = "events",
         .letter = 'e',
         .kind = OPTION_TEXT,
         .target = &live->events,
         .argument = "FILE",
         .help = "events as JSON Lines; - is standard output"},
        {
            .name = "csv",
            .kind = OPTION_TEXT,
            .target = &live->csv,
            .argument = "FILE",
            .help = "every face of every frame as a table",
        },
        {
            .name = "csv-landmarks",
            .kind = OPTION_FLAG,
            .target = &live->csv_landmarks,
            .help = "their 68 points in it too",
        },
        {.name = "headless",
         .kind = OPTION_FLAG,
         .target = &live->headless,
         .help = "open no window"},
        {.name = "duration",
         .letter = 't',
         .kind = OPTION_REAL,
         .target = &live->duration_s,
         .argument = "S",
         .help = "stop after so many seconds",
         .minimum = 0.001,
         .maximum = 1e9},
        {.name = "fullscreen",
         .letter = 'f',
         .kind = OPTION_FLAG,
         .target = &live->fullscreen,
         .help = "begin with a full screen"},
        {.name = "kiosk",
         .kind = OPTION_FLAG,
         .target = &live->kiosk,
         .help = "a screen in public: docs/kiosk.md"},
        {.name = "way-out",
         .kind = OPTION_TEXT,
         .target = &live->way_out,
         .argument = "WORD",
         .help = "typed, it ends a kiosk",
         .fallback = "quit"},
        {.name = "counts",
         .kind = OPTION_TEXT,
         .target = &live->counts,
         .argument = "FILE",
         .help = "faces and smiles of each hour, as CSV"},
        {.name = "allow-recording",
         .kind = OPTION_FLAG,
         .target = &live->allow_recording,
         .help = "a kiosk may record, too"},
        {.name = "display",
         .kind = OPTION_INT,
         .target = &live->display,
         .argument = "N",
         .help = "the monitor to begin on (0)",
         .minimum = 0,
         .maximum = 63},
        {.name = "rotate",
         .kind = OPTION_CHOICE,
         .target = &quarters,
         .argument = "0|90|180|270",
         .help = "clockwise, for a screen on its side",
         .fallback = "0"},
        {.name = "smile-shutter",
         .kind = OPTION_FLAG,
         .target = &live->smile_shutter,
         .help = "a photograph when everyone smiles"},
        {.name = "pictures",
         .kind = OPTION_TEXT,
         .target = &live->pictures,
         .argument = "DIR",
         .help = "where photographs go (the user's pictures)"},
        {.name = "picture-format",
         .kind = OPTION_CHOICE,
         .target = &picture_format,
         .argument = "png|jpg",
         .help = "of photographs",
         .fallback = "png"},
        {.name = "mirror",
         .kind = OPTION_CHOICE,
         .target = &mirror,
         .argument = "auto|yes|no",
         .help = "mirror the window; auto: cameras",
         .fallback = "auto"},
        {.name = "min-face",
         .kind = OPTION_INT,
         .target = &live->min_face_px,
         .argument = "PX",
         .help = "smallest face (a twelfth of the height)",
         .minimum = 10,
         .maximum = 16384},
        {.name = "detector",
         .kind = OPTION_CHOICE,
         .target = &detector,
         .argument = "follow|every-frame",
         .help = "how to find faces",
         .fallback = "follow"},
        MODEL_SPEC(&live->model),
        LANDMARK_SPECS(&live->landmarks),
        OPERATING_POINT_SPECS(&live->point),
        {.name = "width",
         .kind = OPTION_INT,
         .target = &live->wanted.width,
         .argument = "PX",
         .help = "wanted of the camera or demo (1280)",
         .minimum = 16,
         .maximum = 16384},
        {.name = "height",
         .kind = OPTION_INT,
         .target = &live->wanted.height,
         .argument = "PX",
         .help = "wanted of the camera or demo (720)",
         .minimum = 16,
         .maximum = 16384},
        {.name = "rate",
         .kind = OPTION_REAL,
         .target = &live->wanted.rate_hz,
         .argument = "HZ",
         .help = "wanted of the camera or demo (30)",
         .minimum = 0.1,
         .maximum = 1000},
        {.name = "camera-rotation",
         .kind = OPTION_CHOICE,
         .target = &camera_quarters,
         .argument = "0|90|180|270",
         .help = "clockwise, for a camera on its side",
         .fallback = "0"},
        {.name = "realtime",
         .kind = OPTION_CHOICE,
         .target = &realtime,
         .argument = "auto|yes|no",
         .help = "files at their own pace",
         .fallback = "auto"},
        {.name = "frametimes",
         .kind = OPTION_TEXT,
         .target = &live->frame_times,
         .argument = "FILE",
         .help = "write what each frame cost, as CSV"},
        {.name = "wait",
         .kind = OPTION_SWITCH,
         .target = &live->wait,
         .help = "wait for a lost camera to come back",
         .fallback = "yes"},
    };
    const struct option_table table = {
        .command = "live",
        .operands = "",
        .summary = "Shows who is smiling: a camera, a video, or the demo face.",
        .specs = specs,
        .n_specs = COUNT(specs),
    };
    enum options_outcome outcome = options_parse(&table, argc, argv, NULL);
    if (outcome == OPTIONS_RUN) {
        live->rotation = 90 * quarters;
        live->wanted.rotation = 90 * camera_quarters;
        if (!recording_options_read(&recording, live->record, &live->recording)) {
            return OPTIONS_BAD;
        }
        live->jpeg = picture_format == 1;
        live->mirror = (enum live_choice)mirror;
        live->realtime = (enum live_choice)realtime;
        live->detector = (enum detector_way)detector;
    }
    return outcome;
}

struct arguments {
    int argc;
    char **argv;
};

static bool reload(void *arg, struct live_options *live) {
    const struct arguments *arguments = arg;
    enum log_level level = log_get_level(); // -q and -v count from what it is
    *live = (struct live_options){0};
    bool good = parse(arguments->argc, arguments->argv, live) == OPTIONS_RUN;
    log_set_level(level);
    return good;
}

static int run(int argc, char **argv) {
    struct live_options live = {0};
    enum options_outcome outcome = parse(argc, argv, &live);
    if (outcome != OPTIONS_RUN) {
        return outcome == OPTIONS_DONE ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    return live_session_run(&live, reload, &(struct arguments){argc, argv});
}

const struct command command_live = {"live", "camera, video or demo face: who is smiling now", run};
