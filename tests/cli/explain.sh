#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# What the network sees, as a picture: of the drawn face, of one face among several, of chosen layers; and one
# sentence when there is nothing to explain or nowhere to put it. Prints TAP.
#
# usage: explain.sh SMILECAM MODEL

smilecam=$(readlink -f "$1")
[ -f "$2" ] || { echo "1..0 # SKIP no model"; exit 0; }
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$(readlink -f "$0")")/tap.sh"
cd "$scratch" || exit 1
unset DISPLAY WAYLAND_DISPLAY SMILECAM_MODEL

# expect CODE WORDS ARGUMENT...: that exit code, and WORDS in the only line of standard error
expect() {
    code=$1 words=$2
    shift 2
    timeout 120 "$smilecam" explain "$@" >out 2>err
    [ $? -eq "$code" ] && grep -qF -- "$words" err && [ "$(grep -c . err)" -eq 1 ] && [ ! -s out ]
    check "exit code $code: explain $*" $?
}

png_size() { # width and height
    od -An -tu1 -j16 -N8 "$1" | awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4, (($5 * 256 + $6) * 256 + $7) * 256 + $8 }'
}

explain() { # arguments: in silence, with exit code 0
    timeout 120 "$smilecam" explain "$@" >out 2>err && [ ! -s out ] && [ ! -s err ]
}

"$smilecam" live --source demo --headless --width 640 --height 360 --duration 4 --record demo.mkv >/dev/null 2>err &&
    ffmpeg -v error -ss 3 -i demo.mkv -frames:v 1 face.png 2>>err &&
    ffmpeg -v error -i face.png -i face.png -filter_complex '[1]scale=320:180,pad=320:360[b];[0][b]hstack' two.png 2>>err
check "a face to explain" $?

explain face.png -o all.png && [ "$(png_size all.png | cut -d' ' -f1)" = 1216 ]
check "the drawn face is explained" $?
explain face.png -o few.png --layers 3,39
check "chosen layers" $?
[ "$(png_size few.png | cut -d' ' -f2)" -lt "$(png_size all.png | cut -d' ' -f2)" ]
check "and no others" $?
explain face.png -o again.png --layers 3,39 && cmp -s few.png again.png
check "the same picture every time" $?
explain face.png -o neutral.png --layers 3,39 --label neutral && ! cmp -s few.png neutral.png
check "the other label" $?
explain face.png -o last.png --layers 1,42
check "also layers without maps"  $?
explain two.png -o main.png && [ -s main.png ]
check "the main face of several" $?
explain face.png -o all.jpg && [ -s all.jpg ]
check "as JPEG" $?

ffmpeg -v error -f lavfi -i color=gray:s=320x240 -frames:v 1 nobody.png 2>err
expect 2 "nobody.png: no face found" nobody.png -o out.png
expect 2 "missing.png" missing.png -o out.png
echo "no picture" >text.png
expect 2 "text.png" text.png -o out.png
expect 1 "explain needs IMAGE" -o out.png
expect 1 "explain needs -o FILE" face.png
expect 1 "face.png: this is the input" face.png -o face.png
expect 1 "sheet.gif: its name must end in .png or .jpg" face.png -o sheet.gif
expect 1 "no label 'dance'" face.png -o out.png --label dance
for layers in 0 999 '3,' ',3' -1 a 3x; do
    expect 1 "--layers $layers: expected" face.png -o out.png --layers=$layers
done
expect 1 "missing.onnx" face.png -o out.png --model missing.onnx
expect 6 "nowhere/out.png" face.png -o nowhere/out.png
mkfifo device.png
expect 6 "device.png: not a plain file" face.png -o device.png
[ -p device.png ]
check "and no file takes a device's place" $?
[ ! -e out.png ]
check "nothing is written in vain" $?

echo "1..$number"
