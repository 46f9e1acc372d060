// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// What the library shows to the programs that link it, all of it: the functions of classifier.h,
// image.h and log.h. In an object file each bears the library's name, so that no program's own
// image_init or log_write gets in the way; core/smilecam-core.map exports nothing else, and
// tests/cli/install.sh compares.

#define classifier_create smilecam_classifier_create
#define classifier_destroy smilecam_classifier_destroy
#define classifier_info smilecam_classifier_info
#define classifier_map smilecam_classifier_map
#define classifier_run smilecam_classifier_run
#define classifier_threshold smilecam_classifier_threshold

#define image_copy smilecam_image_copy
#define image_finish smilecam_image_finish
#define image_init smilecam_image_init
#define image_plane smilecam_image_plane
#define image_resize_storage smilecam_image_resize_storage
#define image_sample smilecam_image_sample
#define image_standardise smilecam_image_standardise
#define image_view smilecam_image_view
#define pixel_bytes smilecam_pixel_bytes

#define log_get_level smilecam_log_get_level
#define log_set_level smilecam_log_set_level
#define log_set_writer smilecam_log_set_writer
#define log_write smilecam_log_write
