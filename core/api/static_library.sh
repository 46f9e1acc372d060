#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# Makes a static library of which a program sees what it would see of the shared one: all objects become one,
# and every name in it that is not smilecam_* becomes local.
#
# usage: static_library.sh OUTPUT INPUT OBJCOPY AR COMPILER...
set -eu
output=$1 input=$2 objcopy=$3 ar=$4
shift 4
object=${output%.a}.o
rm -f "$output"
"$@" -r -nostdlib -o "$object" -Wl,--whole-archive "$input" -Wl,--no-whole-archive
"$objcopy" --wildcard --keep-global-symbol='smilecam_*' "$object"
"$ar" rcsD "$output" "$object"
rm "$object"
