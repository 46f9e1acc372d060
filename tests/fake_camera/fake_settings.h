// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <limits.h>
#include <stdbool.h>

// What a fake camera is told to be. Any regular file "videoN" below SMILECAM_DEV_ROOT is a camera;
// removing it unplugs the camera. Its lines may change at any time (an empty file changes nothing,
// so that no half-written one is obeyed):
//
//   name Front          the card's name (Fake camera)
//   size 640x480        the only one; 640x480
//   rate 30             frames a second; 30
//   jitter 10           milliseconds by which frames come late, at most; 0
//   yuyv FILE           raw frames of that size, shown over and over; without it a grey ramp: the
//                       luma of frame k is fake_luma(x, k)
//   mjpg FILE           JPEG pictures one after the other; with it the camera offers MJPG as well
//   padding 32          bytes behind each row of what is not coded; 0
//   h264 FILE           H.264 with access unit delimiters; a camera that offers nothing else
//   kind WORD           what it offers instead of YUYV and MJPG:
//     grey      grey pictures
//     raw       a sensor's values, of ten bits
//     planes    NV12, from a device of several planes
//     nothing   a kind that nobody knows
//     loopback  what it offers is as usual, but its driver is v4l2loopback's
//     output    no camera: a device that takes pictures
//   written FILE        where an output puts them
//   fault WORD [N]      after N frames of the present opening (0), until told otherwise:
//     busy      another program streams from it (no frames: at once)
//     denied    no permission
//     metadata  a node that gives no pictures
//     refuse    MJPG is listed but never given
//     unset     there is no format, hence no buffers, before one is set, as with PipeWire's cameras
//     bandwidth the bus has no room for it when streaming is to begin
//     streamon  it vanishes at the moment when streaming is to begin
//     stall     no more frames
//     freeze    the same picture again and again
//     black     a covered lens: black, with a little noise as YUYV
//     short     half a frame
//     broken    a frame that is no picture
//     fixed     an output that takes its own size only
//     yuyv      an output that takes YUYV only
struct settings {
    char name[32];
    unsigned width, height;
    int rate_hz, jitter_ms;
    unsigned padding;
    char yuyv[PATH_MAX], mjpg[PATH_MAX], h264[PATH_MAX], written[PATH_MAX]; // "" = none
    char kind[16];
    char fault[16];
    long fault_from;
};

// Reads them anew from the open file; what is missing there gets its usual value.
void settings_read(int fd, struct settings *settings);
