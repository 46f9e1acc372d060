#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# What can be asked of a recording: encoders, quality, pipes, several files, highlights. Prints TAP.
#
# usage: recordings.sh SMILECAM MODEL

# shellcheck disable=SC2002 # a pipe is not the file that it comes from, which could be read twice

smilecam=$(readlink -f "$1")
[ -f "$2" ] || { echo "1..0 # SKIP no model"; exit 0; }
command -v ffprobe >/dev/null || { echo "1..0 # SKIP no ffprobe"; exit 0; }
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$(readlink -f "$0")")/tap.sh"
cd "$scratch" || exit 1

video() { # FILE: codec and number of pictures
    ffprobe -v error -select_streams v -count_packets -show_entries stream=codec_name,nb_read_packets -of csv=p=0 "$1"
}

size() {
    wc -c <"$1"
}

"$smilecam" live --source demo --headless --width 320 --height 240 --duration 6 --record film.mkv >/dev/null 2>err
[ "$(video film.mkv)" = h264,180 ]
check "a film" $?
ffmpeg -nostdin -v error -itsoffset 2 -i film.mkv -c copy late.mkv && "$smilecam" annotate -q late.mkv -o on-time.mkv 2>err && [ ! -s err ]
check "a film whose clock begins at 2 s is not cut short" $?

# ---- encoders ----

for quality in low medium high best; do
    "$smilecam" annotate -q film.mkv -o $quality.mkv --quality $quality 2>err || check "quality $quality" 1
done
[ "$(size low.mkv)" -lt "$(size medium.mkv)" ] && [ "$(size medium.mkv)" -lt "$(size high.mkv)" ] &&
    [ "$(size high.mkv)" -lt "$(size best.mkv)" ]
check "better pictures take more room" $?
"$smilecam" annotate -q film.mkv -o mpeg4.mkv --encoder mpeg4 2>err && [ "$(video mpeg4.mkv)" = mpeg4,180 ]
check "an encoder by name" $?
"$smilecam" annotate film.mkv -o none.mkv --encoder nonsense 2>err
[ $? -eq 6 ] && grep -q "no video encoder 'nonsense'" err && [ ! -e none.mkv ]
check "one that is not there is named" $?
"$smilecam" annotate film.mkv -o none.webm --encoder mpeg4 2>err
[ $? -eq 6 ] && grep -q 'cannot hold what the encoder mpeg4 writes' err
check "nor does it go into every kind of file" $?
"$smilecam" annotate film.mkv -o none.mkv --encoder mpeg4 --preset slow 2>err
[ $? -eq 6 ] && grep -q 'mpeg4 has no presets' err
check "a preset for those that have them" $?
for encoder in h264_vaapi h264_nvenc; do # wherever its device is missing, one sentence and no file
    "$smilecam" annotate -q film.mkv -o hard.mkv --encoder $encoder 2>err
    code=$?
    [ $code -eq 0 ] || { [ $code -eq 6 ] && [ "$(grep -c . err)" -eq 1 ] && grep -q $encoder err && [ ! -e hard.mkv ]; }
    check "$encoder works or says why not" $?
    rm -f hard.mkv
done

# ---- pipes ----

"$smilecam" annotate - -o - <film.mkv 2>err >out.mkv && [ "$(video out.mkv)" = h264,180 ]
check "from standard input to standard output" $?
cat film.mkv | "$smilecam" annotate -q - -o - 2>err | cat >out.mkv
[ "$(video out.mkv)" = h264,180 ] && [ ! -e ./- ]
check "through pipes" $?
cat film.mkv | "$smilecam" annotate - -o - --events - 2>err >out.mkv
[ $? -eq 1 ] && grep -q 'standard output: two outputs cannot go there' err
check "events do not get into the video" $?
{ cat film.mkv | "$smilecam" annotate - -o -; echo $? >code; } 2>err | true
[ "$(cat code)" -eq 6 ] && grep -q 'whoever read it has gone' err
check "a reader that has gone is told" $?
head -c 100000 /dev/urandom | "$smilecam" annotate - -o out.mkv --overwrite 2>err
[ $? -eq 2 ] && grep -q 'standard input: is not a video' err
check "noise from a pipe is refused" $?
true | "$smilecam" annotate - -o out.mkv --overwrite 2>err
[ $? -eq 2 ] && grep -q 'standard input: is empty' err
check "nothing from a pipe, too" $?
ffmpeg -nostdin -v error -i film.mkv -c copy back.mp4 && cat back.mp4 | "$smilecam" annotate - -o out.mkv --overwrite 2>err
[ $? -eq 2 ] && grep -q 'send Matroska, or an MP4 whose index is in front' err
check "an MP4 whose index is at its end is told so, when it comes through a pipe" $?
ffmpeg -nostdin -v error -f lavfi -i anullsrc=d=6 -i film.mkv -c:v copy -c:a aac sound.mkv &&
    cat sound.mkv | "$smilecam" annotate -q - -o out.mkv --overwrite 2>err && grep -q 'sound of a pipe is not kept' err &&
    cat film.mkv | "$smilecam" annotate -q - -o out.mkv --overwrite 2>err && [ ! -s err ]
check "the sound of a pipe is missed only where there is some" $?
ffmpeg -nostdin -v error -i film.mkv -t 0.2 -c:v libwebp_anim moving.webp
"$smilecam" annotate moving.webp -o out.mkv --overwrite 2>err
[ $? -eq 2 ] && grep -q 'an animated WebP' err
check "an animated WebP is called that" $?

# ---- several files ----

"$smilecam" annotate -q film.mkv -o part.mkv --segment 2s 2>err
[ "$(echo part*)" = "part-001.mkv part-002.mkv part-003.mkv" ] && [ "$(video part-001.mkv)" = h264,60 ] &&
    [ "$(video part-002.mkv)" = h264,60 ] && [ "$(video part-003.mkv)" = h264,60 ]
check "a new file every 2 s, no picture lost" $?
"$smilecam" annotate -q film.mkv -o bytes.mkv --segment 30kB 2>err
[ ! -e bytes.mkv ] && [ -e bytes-002.mkv ] && [ "$(size bytes-001.mkv)" -lt 60000 ] &&
    [ "$(for file in bytes-*.mkv; do video "$file"; done | awk -F, '{ n += $2 } END { print n }')" = 180 ]
check "a new file every 30 kB" $?
for _ in 1 2; do
    "$smilecam" live -q --source demo --headless --realtime yes --width 320 --height 240 --duration 1 --record live.mkv \
        --segment 1h 2>err
done
[ "$(echo live*)" = "live-001.mkv live-002.mkv" ]
check "live, nothing is written over" $?
"$smilecam" annotate film.mkv -o none.mkv --segment 3furlongs 2>err
[ $? -eq 1 ] && grep -q "'3furlongs' is neither a time" err
check "a length that is none" $?
"$smilecam" annotate film.mkv -o none.mkv --keep-free 900TB 2>err
[ $? -eq 6 ] && grep -q 'are to stay free' err && [ ! -e none.part.mkv ]
check "a disk that has to stay free" $?

# ---- the smiles alone: one of 3 s from second 2 on ----

for kind in mkv mp4; do
    "$smilecam" annotate -q film.mkv -o all.$kind --clip-around-smiles 0.5 2>err
    seconds=$(ffprobe -v error -select_streams v -show_entries packet=pts_time -of csv=p=0 all-smiles.$kind | tail -n 1)
    [ "$(video all.$kind)" = h264,180 ] && awk -v s="${seconds%,}" 'BEGIN { exit !(s > 3.5 && s < 5) }' &&
        ffmpeg -v error -i all-smiles.$kind -f null - 2>err && [ ! -s err ]
    check "the smiles in a file of their own, $kind" $?
    ffprobe -v error -show_entries chapter_tags=title -of csv=p=0 all-smiles.$kind >titles 2>err && [ "$(grep -c smile titles)" = 1 ]
    check "a chapter each, $kind" $?
done

# Strictly rising times, and no hole, in pictures and sound, also where two smiles meet.
is_seamless() { # FILE STREAM
    ffprobe -v error -select_streams "$2" -show_entries packet=dts_time,pts_time -of csv=p=0 "$1" |
        awk -F, 'NR > 1 && ($2 <= dts || $1 - pts > 0.1) { bad = 1 } { pts = $1; dts = $2 } END { exit bad || pts < 7.9 }'
}
"$smilecam" live -q --source demo --headless --width 320 --height 240 --duration 12 --record two.mkv 2>err
ffmpeg -v error -nostdin -i two.mkv -f lavfi -i sine=d=12 -map 0:v -map 1 -c:v copy -c:a aac talk.mkv 2>err
for kind in mkv mp4; do
    "$smilecam" annotate -q talk.mkv -o talk-seen.$kind --clip-around-smiles 0.5 2>err &&
        is_seamless talk-seen-smiles.$kind v && is_seamless talk-seen-smiles.$kind a &&
        ffmpeg -v warning -nostdin -i talk-seen-smiles.$kind -f null - 2>err && [ ! -s err ]
    check "with their sound, one after the other, $kind" $?
done
ffprobe -v error -select_streams s -show_entries packet=pts_time,duration_time -of csv=p=0 talk-seen-smiles.mkv |
    awk -F, '{ n++; bad = bad || $1 < end; end = $1 + $2 } END { exit bad || n < 4 }'
check "what is written of a smile ends with its clip" $?
"$smilecam" annotate film.mkv -o - --clip-around-smiles 1 2>err >out.mkv
[ $? -eq 1 ] && grep -q 'need files' err
check "which standard output cannot be" $?

# ---- mirrored on request ----

"$smilecam" live -q --source demo --headless --width 320 --height 240 --duration 1 --record straight.mkv --quality best 2>err &&
    "$smilecam" live -q --source demo --headless --width 320 --height 240 --duration 1 --record mirrored.mkv --quality best \
        --mirror-recording 2>err &&
    [ "$(video mirrored.mkv)" = h264,30 ] && [ "$(ffmpeg -v error -i straight.mkv -frames:v 1 -f md5 -)" != "$(ffmpeg -v error -i mirrored.mkv -frames:v 1 -f md5 -)" ]
check "mirrored when asked for" $?

echo "1..$number"
