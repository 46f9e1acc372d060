#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# What the program says and returns when its command line, its input or its output is wrong: one sentence on
# standard error, and the exit code of the design. Prints TAP.
#
# usage: command_line.sh SMILECAM MODEL

smilecam=$(readlink -f "$1")
model=$(readlink -f "$2")
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
unset DISPLAY WAYLAND_DISPLAY SMILECAM_MODEL
export SDL_VIDEODRIVER=dummy SMILECAM_DEV_ROOT="$scratch/dev" SMILECAM_SYS_ROOT="$scratch/sys"
mkdir dev sys folder
number=0

report() { # ok|not ok, description
    number=$((number + 1))
    echo "$1 $number - $2"
}

# expect CODE WORDS ARGUMENT...: that exit code, and WORDS in the only line of standard error
expect() {
    code=$1
    words=$2
    shift 2
    timeout 120 "$smilecam" "$@" >out 2>err
    got=$?
    lines=$(grep -c . err)
    if [ "$got" -eq "$code" ] && grep -qF -- "$words" err && [ "$lines" -eq 1 ]; then
        report ok "$*"
    else
        report "not ok" "$*"
        echo "# exit code $got instead of $code; expected one line with: $words"
        sed 's/^/# /' err
    fi
}

# expect_text WORDS ARGUMENT...: success, and WORDS on standard output, in lines of at most 80 columns
expect_text() {
    words=$1
    shift
    if "$smilecam" "$@" >out 2>err && grep -qF -- "$words" out &&
        [ "$(awk '{ if (length > n) n = length } END { print n + 0 }' out)" -le 80 ]; then
        report ok "$*"
    else
        report "not ok" "$*"
        sed 's/^/# /' out err
    fi
}

check() { # description, exit status of the check before
    if [ "$2" -eq 0 ]; then report ok "$1"; else report "not ok" "$1"; fi
}

# ---- help ----

expect_text "Usage: smilecam [command]" --help
[ "$(wc -l <out)" -le 24 ]
check "which fits a small screen" $?
expect_text "protobuf-c 1." --version
head -n 1 out | grep -qE '^smilecam [0-9.]+ \(([0-9a-f]{7,}(-dirty)?|no commit)\)$' && grep -q '^kernels: [a-z0-9]*, 8-bit ' out &&
    grep -q '^OpenCV [0-9.]*, dlib [0-9.]*$' out
check "which names commit, kernels and libraries" $?
for command in live annotate classify devices prepare train cv eval explain bench model; do
    expect_text "Usage: smilecam $command" $command --help
done

expect_text "Usage: smilecam train" help train
expect_text "Usage: smilecam [command]" help
expect_text "protobuf-c 1." -V

# ---- settings files ----

mkdir -p settings/smilecam
printf 'min-face = 5\n' >settings/smilecam/smilecam.conf
export XDG_CONFIG_HOME="$PWD/settings"
expect 1 "smilecam.conf, line 1: 'min-face': '5' is not a whole number from 10" live --headless
printf '[annotate]\nnonsense = 1\n' >settings/smilecam/smilecam.conf
expect 1 "smilecam.conf, line 2: 'nonsense' is not an option of smilecam annotate" annotate x.mp4 -o y.mkv
printf 'source = demo\nheadless = yes\nduration = 1\nrealtime = no\nevents = -\n' >settings/smilecam/smilecam.conf
"$smilecam" >out 2>err && grep -q face_enter out
check "settings are obeyed" $?
printf 'way-out = done\n' >settings/smilecam/smilecam.conf
expect_text "--exit-word WORD" live --help
! grep -q way-out out
check "an option's former name is accepted but not shown" $?
unset XDG_CONFIG_HOME

# ---- command line ----

expect 1 "unknown command 'dance'" dance
expect 1 "unknown option '--dance'" --dance
expect 1 "unknown option '--dance'" live --dance
expect 1 "unknown option '-z'" live -z
expect 1 "option '--source' needs a value" live --source
expect 1 "option '--duration': 'long' is not a number" live --duration long
for duration in 0 -1 nan; do
    expect 1 "option '--duration': '$duration' is not a number from" live --headless --source demo --duration $duration
done
expect 1 "option '--min-face': '5' is not a whole number from 10" live --min-face 5
expect 1 "option '--mirror': 'maybe' is not one of auto|yes|no" live --mirror maybe
expect 1 "option '--headless' takes no value" live --headless=yes
expect 1 "unknown command 'anotate' (did you mean 'annotate'?)" anotate x.mp4 -o y.mkv
expect 1 "unknown option '--recrod' (did you mean '--record'?)" --recrod x.mkv
expect 1 "unexpected argument 'two.mp4'" live clip.mp4 two.mp4
expect 1 "annotate needs IN" annotate
expect 1 "annotate needs an output: -o FILE" annotate clip.mp4
expect 1 "w.mkv: several videos go into a folder" annotate a.mp4 b.mp4 -o w.mkv
expect 1 "film: the extension (none) is not one that can be recorded; use .mkv" live --source missing.mp4 --record film
expect 1 "film.avi: the extension .avi is not one" annotate missing.mp4 -o film.avi
expect 1 "classify needs IMAGE" classify
expect 1 "model: 'show' is not one of info|check|calibrate|quantise" model show x.onnx

# ---- input ----

printf '' >empty.mp4
printf 'This is a text, not a film.\n' >text.mp4
head -c 4096 /dev/urandom >noise.mkv
expect 2 "missing.mp4" live --headless --source missing.mp4
expect 2 "text.mp4: is not a video" text.mp4 --headless
expect 2 "missing.mp4" missing.mp4 --headless
expect 2 "there is no camera 7" live --headless --source 7
expect 2 "empty.mp4" live --headless --source empty.mp4
expect 2 "text.mp4" live --headless --source text.mp4
expect 2 "noise.mkv" live --headless --source noise.mkv
expect 2 "folder" live --headless --source folder
expect 2 "missing.mp4" annotate missing.mp4 -o out.mkv
expect 2 "empty.mp4" annotate empty.mp4 -o out.mkv
expect 2 "text.mp4" annotate text.mp4 -o out.mkv
[ ! -e out.mkv ]
check "no output without an input" $?
expect 2 "text.mp4" bench --clip text.mp4
[ ! -s out ]
check "nothing is measured without it" $?
expect 1 "text.mp4: this is the input" annotate text.mp4 -o text.mp4
grep -q 'not a film' text.mp4
check "the input is not overwritten" $?
expect 0 "no camera found" devices

# ---- output ----

expect 6 "nowhere/out.mkv" live --headless --source demo --record nowhere/out.mkv --duration 1
expect 6 "nowhere/events" live --headless --source demo --events nowhere/events --duration 1

# ---- model ----

expect 1 "missing.onnx" live --headless --source demo --model missing.onnx --duration 1
expect 1 "text.mp4" live --headless --source demo --model text.mp4 --duration 1
expect 1 "text.mp4" classify --model text.mp4 picture.jpg

if [ ! -f "$model" ]; then
    echo "# no $model: the rest is skipped"
    echo "1..$number"
    exit 0
fi

# ---- landmarks ----

known=/usr/share/dlib/shape_predictor_68_face_landmarks.dat
if [ -f "$known" ]; then
    { cat "$known"; echo; } >other.dat
    { printf 'YUV4MPEG2 W64 H64 F25:1 C420jpeg\nFRAME\n'; head -c 6144 /dev/zero; } >black.y4m
    mkdir -p photos/smile photos/sad
    touch photos/smile/face.jpg photos/sad/face.jpg
    for command in "live --headless --source demo --duration 1" "annotate black.y4m -o out.mkv" "bench --runs 1" \
        "classify text.mp4" "explain text.mp4 -o out.png" "prepare photos -o out.crops" "eval --list photos"; do
        # shellcheck disable=SC2086
        expect 1 "--trust takes this one if you know" $command --landmarks other.dat
    done
    expect 2 "text.mp4" classify text.mp4 --landmarks other.dat --trust
    expect 2 "text.mp4" classify text.mp4 --landmarks "$known"
    head -c 100 other.dat >short.dat
    expect 1 "short.dat" classify text.mp4 --landmarks short.dat --trust
    mkdir -p settings/smilecam
    printf '[classify]\nlandmarks = other.dat\n' >settings/smilecam/smilecam.conf
    export XDG_CONFIG_HOME="$scratch/settings"
    expect 1 "--trust takes this one if you know" classify text.mp4
    echo 'trust = yes' >>settings/smilecam/smilecam.conf
    expect 2 "text.mp4" classify text.mp4
    unset XDG_CONFIG_HOME
    SMILECAM_LANDMARKS=other.dat
    export SMILECAM_LANDMARKS
    expect 1 "--trust takes this one if you know" classify text.mp4
    unset SMILECAM_LANDMARKS
fi

head -c $(($(wc -c <"$model") / 2)) "$model" >half.onnx
expect 1 "half.onnx" live --headless --source demo --model half.onnx --duration 1
expect 0 "--camera-rotation turns cameras only; demo stays" live --headless --source demo --camera-rotation 90 --duration 1
expect 6 "/dev/full: cannot write events" live --headless --source demo --events /dev/full --duration 3
"$smilecam" live --headless --source demo --events - --duration 3 2>err | true
grep -q 'whoever read them has gone' err
check "a closed pipe is told" $?
for output in events.jsonl -; do # the file must not take its number
    "$smilecam" live --headless --source demo --events $output --duration 3 2>err >&-
done
grep -qF 'standard output: cannot write events: it is closed' err && grep -q smile_start events.jsonl
check "standard output may be closed" $?

"$smilecam" model info smile >out 2>err && "$smilecam" model info "$model" >out2 2>>err && [ "$(sed 1d out)" = "$(sed 1d out2)" ]
check "a shipped model is known by its name" $?
expect 2 "smiles: cannot be read" model info smiles
"$smilecam" model check expression >out 2>err && grep -q 'ok: 7 labels' out
check "so is the one of seven expressions" $?
"$smilecam" model check faces >out 2>err && grep -q 'ok: 3 maps of objects' out
check "and the network that finds faces" $?
"$smilecam" live --headless --source demo --duration 4 --model expression --events - >out 2>err && grep -q smile_start out
check "for which the drawn face is happy when it smiles" $?

sed 's/neutral,smile/neutral,plain/' "$model" >plain.onnx
printf 'a.jpg,1,0.9\nb.jpg,0,0.2\nc.jpg,1,0.8\nd.jpg,0,0.1\n' >held.csv
expect 2 "one of them a smile's" model calibrate plain.onnx held.csv -o calibrated.onnx
expect 1 "is not one that can be recorded" live --headless --source demo --duration 1 --record film.txt --keep-free 1MB

expect 1 "expected quantise MODEL.onnx CROPS -o OUT.onnx" model quantise "$model"
expect 1 "info takes one file and no output" model info "$model" more
expect 2 "text.mp4" model quantise "$model" text.mp4 -o quantised.onnx

# A photograph of nobody, whole and cut in half.
base64 -d >nobody.jpg <<'END'
/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAg+Pkk+SVVVVVVVVWRdZGhoaGRkZGRoaGhwcHCD
g4NwcHBoaHBwfHyDg4+Tj4eHg4eTk5ubm7q6srLZ2eD/////xABsAAEBAAAAAAAAAAAAAAAAAAAFBgEBAAMBAAAAAAAAAAAA
AAAABgIDAQQQAQACAgEDBQEAAAAAAAAAAAECEQMAkRMhEiKhYdFBMREAAQMEAgIDAQAAAAAAAAAAARIDAjEhABFxkULRIvBi
Yf/AABEIABAAEAMBEgACEgADEgD/2gAMAwEAAhEDEQA/AJmnHjjTSl2fP89naFIzxx9QUBxX1qlpuMjsgHm+HG3pCSUE/eM0
FS9+CU/xRvnPMFpevmvVPz3iuSfRkIAX3A/NEzEskk8Xi9GNTlKsieTvEkGoxjsOCXGveXxiJFwnwSm5tutqXybJBWCREzTY
1Gus/9k=
END
head -c 250 nobody.jpg >half.jpg
expect 2 "half.jpg" classify half.jpg
expect 2 "missing.jpg" classify missing.jpg
expect 3 "half.jpg" classify nobody.jpg half.jpg
grep -qF 'nobody.jpg: no face found' out
check "the others go on" $?
mkdir many && for i in $(seq 50); do cp nobody.jpg "many/$i"; done
{ "$smilecam" classify many; echo $? >code; } 2>err | head -n 1 >out
[ ! -s err ] && grep -q 'no face found' out
check "head has seen enough, which is no failure to report" $?
cp half.jpg many/51.jpg && printf '8BPS\000\001' >many/52 && mkdir many/.hidden && cp half.jpg many/._1.jpg
"$smilecam" classify many >out 2>err
[ $? -eq 3 ] && [ "$(wc -l <out)" -eq 50 ] && grep -q '52: Photoshop pictures are not read' err &&
    grep -q '2 of 52 pictures could not be read' err && ! grep -q '\._1' err
check "a folder's pictures, whatever they are called; those that cannot be read are named and counted" $?
# A PNG that lacks half of its pixels, of which libpng says so in its own way.
base64 -d >lack.png <<'END'
iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAADElEQVR4nGNgGBwAAACIAAFKRerLAAAAAElFTkSuQmCC
END
"$smilecam" classify lack.png >out 2>err
[ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q 'smilecam: error: cannot read the picture lack.png: it is damaged' err
check "libraries do not talk to the user" $?
latin=$(printf 'caf\351 \342\202.jpg')
cp nobody.jpg "$latin"
"$smilecam" classify --json "$latin" >out 2>err
printf '{"v":1,"path":"caf\357\277\275 \357\277\275\357\277\275.jpg","faces":0}\n' | cmp -s - out
check "JSON is UTF-8, whatever a file is called" $?

rm out
"$smilecam" live --headless --source demo --realtime yes --events - >out 2>err &
process=$!
for _ in $(seq 600); do # it listens when it has told something
    [ -s out ] && break
    sleep 0.1
done
kill -INT $process
wait $process
[ $? -eq 4 ]
check "an interrupt is exit code 4" $?

echo "1..$number"
