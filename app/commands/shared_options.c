// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/shared_options.h"

#include "core/base/log.h"
#include "app/video/container.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LARGEST 1e15

static const struct option_spec landmark_rows[] = {
    OPTION("landmarks", 0, TEXT, struct landmark_file, path, .argument = "FILE",
           .help = N_("dlib's 68-landmark file, for --csv-landmarks and the command landmarks; "
                      "others only check it (default: the packaged one)"),
           .environment = "SMILECAM_LANDMARKS"),
    OPTION("trust", 0, FLAG, struct landmark_file, trusted,
           .help = N_("accept a landmark file whose SHA-256 is unknown")),
};
const struct option_group landmark_options = {landmark_rows, N_OPTIONS(landmark_rows)};

bool landmark_file_usable(const struct landmark_file *file) {
    struct landmarks *landmarks = file->path ? landmarks_create(file) : NULL;
    bool usable = !file->path || landmarks;
    landmarks_destroy(landmarks);
    return usable;
}

static const struct option_spec operating_point_rows[] = {
    OPTION("threshold", 0, REAL, struct operating_point, threshold, .argument = "P",
           .help = N_("lowest probability that counts as a smile (default: the model's)"),
           .minimum = 0.01, .maximum = 0.99),
    OPTION("false-alarms", 0, REAL, struct operating_point, false_alarms, .argument = "RATE",
           .help = N_("use the threshold with this false alarm rate in the model's held-out ROC"),
           .minimum = 0.0001, .maximum = 0.5),
};
const struct option_group operating_point_options = {operating_point_rows,
                                                     N_OPTIONS(operating_point_rows)};

#define EXPORT(name, kind, file, words)                                                            \
    OPTION(name, 0, TEXT, struct output_options, exports[kind], .argument = (file), .help = (words))
static const struct option_spec output_rows[] = {
    OPTION("events", 'e', TEXT, struct output_options, events, .argument = "FILE",
           .help = N_("write events as JSON Lines; -: standard output")),
    OPTION("csv", 0, TEXT, struct output_options, csv, .argument = "FILE",
           .help = N_("write a CSV row for each face in each frame; -: standard output")),
    OPTION("csv-landmarks", 0, FLAG, struct output_options, csv_landmarks,
           .help = N_("include 68 landmarks in the rows (Debian package libdlib-data)")),
    EXPORT("summary", EXPORT_SUMMARY, "FILE",
           N_("write seconds seen, smiles and shares of each face, as .csv or .json")),
    EXPORT("intervals", EXPORT_INTERVALS, "FILE.csv",
           N_("write each smile's start, end, peak and mean, as CSV")),
    EXPORT("vtt", EXPORT_VTT, "FILE.vtt", N_("write the smiles as WebVTT subtitles")),
    EXPORT("srt", EXPORT_SRT, "FILE.srt", N_("write the smiles as SubRip subtitles")),
    EXPORT("eaf", EXPORT_EAF, "FILE.eaf", N_("write the smiles as annotations for ELAN")),
    EXPORT("textgrid", EXPORT_TEXTGRID, "FILE.TextGrid",
           N_("write the smiles as annotations for Praat")),
    OPTION("report", 0, TEXT, struct output_options, report, .argument = "DIR",
           .help = N_("write a page: timelines, a summary, a still of each smile")),
    OPTION("frametimes", 0, TEXT, struct output_options, frame_times, .argument = "FILE",
           .help = N_("write the processing time of each frame, as CSV")),
};
const struct option_group output_options = {output_rows, N_OPTIONS(output_rows)};

static const struct option_spec recording_rows[] = {
    OPTION("quality", 0, CHOICE, struct recording_options, quality,
           .argument = "low|medium|high|best", .help = N_("video quality"), .fallback = "high"),
    OPTION("encoder", 0, TEXT, struct recording_options, encoder, .argument = "NAME",
           .help = N_("FFmpeg encoder: libx265, h264_nvenc ..."),
           .suggested = "libx264|libx265|libvpx-vp9|h264_nvenc|hevc_nvenc"),
    OPTION("preset", 0, TEXT, struct recording_options, preset, .argument = "NAME",
           .help = N_("the encoder's preset: veryfast, slow ...")),
    OPTION("segment", 0, TEXT, struct recording_options, segment, .argument = "SIZE",
           .help = N_("start a new file every 10min or 500MB")),
    OPTION("keep-free", 0, TEXT, struct recording_options, keep_free, .argument = "SIZE",
           .help = N_("stop recording when less than SIZE (e.g. 1GB) is free on the disk")),
    OPTION("clip-around-smiles", 0, REAL, struct recording_options, clip_s, .argument = "S",
           .help = N_("also write a file of the smiles alone, with S seconds around each"),
           .minimum = 0.1, .maximum = 3600),
};
const struct option_group recording_options = {recording_rows, N_OPTIONS(recording_rows)};

struct unit {
    const char *name;
    double seconds, bytes; // one of them is 0
};

static const struct unit units[] = {
    {"s", 1, 0},    {"min", 60, 0}, {"h", 3600, 0},  {"kB", 0, 1e3},
    {"MB", 0, 1e6}, {"GB", 0, 1e9}, {"TB", 0, 1e12},
};

// "10min" or "500 MB". Seconds or bytes; NULL for what is not wanted.
static bool parse_amount(const char *text, double *seconds, double *bytes) {
    char *end;
    double number = strtod(text, &end);
    end += strspn(end, " ");
    for (size_t i = 0; end != text && i < sizeof units / sizeof *units; i++) {
        double *target = units[i].seconds > 0 ? seconds : bytes;
        double amount = number * (units[i].seconds + units[i].bytes);
        if (target && strcasecmp(end, units[i].name) == 0 && amount >= 1 && amount <= LARGEST) {
            *target = amount;
            return true;
        }
    }
    return false;
}

bool recording_options_read(const struct recording_options *options, const char *path,
                            struct recording_choice *choice) {
    double segment_s = 0, segment_bytes = 0, keep_free = 0;
    if (path && !container_of_path(path)) {
        return false;
    }
    if (options->segment && !parse_amount(options->segment, &segment_s, &segment_bytes)) {
        LOG(ERROR, "option '--segment': '%s' is neither a time (s, min, h) nor a size (MB, GB)",
            options->segment);
        return false;
    }
    if (options->keep_free && !parse_amount(options->keep_free, NULL, &keep_free)) {
        LOG(ERROR, "option '--keep-free': '%s' is not a size (kB, MB, GB, TB)", options->keep_free);
        return false;
    }
    if ((options->segment || options->clip_s > 0) && path && strcmp(path, "-") == 0) {
        LOG(ERROR, "--segment and --clip-around-smiles need files; standard output is a stream");
        return false;
    }
    *choice = (struct recording_choice){
        .choice = {options->quality, options->encoder, options->preset},
        .limits = {.segment_ns = (int64_t)(fmin(segment_s, 1e9) * 1e9),
                   .segment_bytes = (int64_t)segment_bytes,
                   .clip_ns = (int64_t)(options->clip_s * 1e9),
                   .keep_free_bytes = (int64_t)keep_free},
    };
    return true;
}
