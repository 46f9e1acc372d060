#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# Many videos at once: every one is annotated, a broken one costs no other, an interrupted batch goes on where
# it was and leaves nothing half done under a final name. Prints TAP.
#
# usage: batch.sh SMILECAM MODEL

smilecam=$(readlink -f "$1")
[ -f "$2" ] || { echo "1..0 # SKIP no model"; exit 0; }
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$(readlink -f "$0")")/tap.sh"
cd "$scratch" || exit 1

duration() { # seconds of video, rounded
    ffprobe -v error -show_entries format=duration -of csv=p=0 "$1" | cut -d. -f1
}

mkdir films
for name in a b "c d"; do
    "$smilecam" live --source demo --headless --width 320 --height 240 --duration 4 --record "films/$name.mkv" \
        >/dev/null 2>err || check "a film to annotate" 1
done
echo "no film" >films/broken.mkv

"$smilecam" annotate films/*.mkv -o out --events out --csv out -j 2 2>err
[ $? -eq 3 ] && grep -q '3 annotated, 0 already there, 1 failed' err
check "three are annotated, the broken one is named" $?
grep -q 'films/broken.mkv' err
check "the broken one is named" $?
grep -q '1 failed: films/broken.mkv' err
check "also in the last line" $?
[ "$(ls out | tr '\n' ' ')" = "a.csv a.csv.meta.json a.jsonl a.mkv b.csv b.csv.meta.json b.jsonl b.mkv c d.csv c d.csv.meta.json c d.jsonl c d.mkv " ]
check "each has its video, its events and its table" $?
grep -q smile_start out/a.jsonl && [ "$(duration out/a.mkv)" -ge 3 ]
check "with what is in them" $?
[ "$(head -n 1 out/a.csv)" = frame,timestamp,face,confidence,success,x,y,width,height,smile,smiling ] &&
    [ "$(tail -n 1 out/a.csv | cut -d, -f1,2)" = 120,3.967 ] && # 4 s at 30 Hz, frames from 1
    awk -F, 'NR > 1 && $5 && $4 > 0.5 && $11 { n++ } END { exit n < 30 }' out/a.csv
check "the table has each frame, and the smile" $?
"$smilecam" annotate films/a.mkv -o one.mkv --csv - --csv-landmarks 2>err | awk -F, 'NF == 147 { n++ } END { exit n != NR || n < 100 }' &&
    ! grep -q error err
check "with landmarks, on standard output" $?

"$smilecam" annotate films/a.mkv --csv - 2>err | tail -n 1 | grep -q '^120,3.967,' && [ "$(ls films | wc -l)" -eq 4 ]
check "a table alone makes no video" $?
"$smilecam" annotate films/a.mkv films/b.mkv --csv late -j 2 2>err && "$smilecam" annotate films/a.mkv films/b.mkv --csv late --events late 2>err
[ "$(ls late/*.csv late/*.jsonl | tr '\n' ' ')" = "late/a.csv late/a.jsonl late/b.csv late/b.jsonl " ] && grep -q '2 annotated, 0 already there' err &&
    cmp -s late/a.jsonl out/a.jsonl && cmp -s late/a.csv out/a.csv
check "what is asked for later is made although the rest is there" $?
"$smilecam" annotate films/a.mkv films/b.mkv --csv late --events late 2>err && grep -q '0 annotated, 2 already there' err
check "and then there is nothing to do" $?
"$smilecam" annotate films/a.mkv films/b.mkv --csv late --overwrite 2>err && grep -q '2 annotated, 0 already there' err
check "unless it is to be overwritten" $?
before=$(cksum <out/a.mkv)
"$smilecam" annotate films/b.mkv -o out/a.mkv 2>err
[ $? -eq 1 ] && grep -q 'out/a.mkv: is there already' err && [ "$(cksum <out/a.mkv)" = "$before" ]
check "a video is not overwritten in silence" $?
"$smilecam" annotate films/b.mkv -o out/a.mkv --overwrite 2>err && [ "$(cksum <out/a.mkv)" != "$before" ]
check "but on demand" $?
if command -v script >/dev/null; then # on a terminal
    script -qc "'$smilecam' annotate films/a.mkv films/b.mkv --csv shown -j 2" /dev/null | tr '\r' '\n' | grep -q 'annotating \[.*left  0 of 2 videos, .* frames/s'
    check "a batch shows how far it is" $?
fi

rm out/b.mkv films/broken.mkv
"$smilecam" annotate films/*.mkv -o out 2>err
[ $? -eq 0 ] && grep -q '1 annotated, 2 already there, 0 failed' err
check "what is missing is made, the rest left alone" $?

"$smilecam" live --source demo --headless --duration 30 --width 640 --height 480 --record long.mkv >/dev/null 2>err
"$smilecam" annotate long.mkv films/a.mkv -o half -j 1 2>err &
process=$!
tries=0
until [ "$({ wc -c <half/long.part.mkv; } 2>/dev/null || echo 0)" -gt 20000 ] || [ $tries -gt 200 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -TERM $process
wait $process
[ $? -eq 4 ] && [ ! -e half/long.mkv ]
check "interrupted: nothing half done has a final name" $?
ffprobe -v error half/long.part.mkv >/dev/null 2>err
check "the part can be played" $?
"$smilecam" annotate long.mkv films/a.mkv -o half -j 2 2>err && [ ! -e half/long.part.mkv ] &&
    [ "$(duration half/long.mkv)" -ge 29 ]
check "the same command goes on and completes it" $?

"$smilecam" annotate films/a.mkv ./films/a.mkv -o out 2>err
[ $? -eq 1 ] && grep -q 'would both become' err
check "two inputs of one name are refused" $?

if command -v parallel >/dev/null; then # docs/archives.md
    ls films/*.mkv | parallel -j 2 "$smilecam" annotate -q {} -o farm/ 2>err && [ "$(ls farm | wc -l)" -eq 3 ]
    check "spread with GNU parallel" $?
fi
echo "1..$number"
