#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# The kiosk in a real window: it keeps counts and nothing else, opens no network, lets nobody out who does not
# know the word, invites when nobody is there. Prints TAP; skips aloud without Xvfb, xdotool and ImageMagick.
#
# usage: kiosk.sh SMILECAM MODEL

smilecam=$(readlink -f "$1")
[ -f "$2" ] || { echo "1..0 # SKIP the shipped model is not there"; exit 0; }
for tool in Xvfb xdotool import convert strace ffmpeg; do
    command -v $tool >/dev/null || { echo "1..0 # SKIP no $tool"; exit 0; }
done
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$(readlink -f "$0")")/tap.sh"
cd "$scratch" || exit 1
mkdir home run
export HOME="$scratch/home" XDG_STATE_HOME="$scratch/state" XDG_RUNTIME_DIR="$scratch/run" LC_ALL=C.UTF-8
export SDL_VIDEODRIVER=x11 SDL_AUDIODRIVER=dummy
unset XDG_CONFIG_HOME WAYLAND_DISPLAY

Xvfb -displayfd 3 -screen 0 640x480x24 3>display 2>xvfb.log &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$scratch"' EXIT
for _ in $(seq 100); do [ -s display ] && break; sleep 0.1; done
DISPLAY=:$(cat display)
export DISPLAY

# wait_for DESCRIPTION COMMAND...: within a minute
wait_for() {
    description=$1
    shift
    for _ in $(seq 240); do
        if "$@"; then check "$description" 0; return; fi
        sleep 0.5
    done
    check "$description" 1
}

SDL_VIDEODRIVER=none "$smilecam" live --kiosk --source demo 2>err
check "without a display it does not start" $(($? != 1))
grep -q "no window can be opened" err
check "and says so" $?
"$smilecam" live --kiosk --source demo --record x.mkv 2>err
check "a kiosk does not record unasked" $(($? != 1))
grep -q -- --allow-recording err
check "and says how to allow it" $?

# Files about single faces, which are what the screen says is not kept.
mkdir -p settings/smilecam
for output in "csv = faces.csv" "csv = -" "events = faces.jsonl" "summary = faces.csv" "vtt = faces.csv" "report = faces.csv"; do
    printf 'kiosk = yes\nsource = demo\nduration = 4\n%s\n' "$output" >settings/smilecam/smilecam.conf
    XDG_CONFIG_HOME="$scratch/settings" strace -f -qq -e trace=openat,creat -o asked "$smilecam" live >out 2>err
    [ $? -eq 1 ] && grep -q -- "--${output%% *}: a kiosk keeps nothing about single faces unless --allow-recording" err &&
        ! grep -q 'faces\.[cj]' asked && [ ! -s out ]
    check "'$output' in its settings is refused, and no such file is opened" $?
done
"$smilecam" live --kiosk --source demo --duration 4 --events - >faces.jsonl 2>err
[ $? -eq 1 ] && [ ! -s faces.jsonl ]
check "nor do events go into a file by way of standard output" $?
"$smilecam" live --kiosk --source demo --duration 4 --events - 2>err | grep -q face_enter
check "they may go to another program" $?
"$smilecam" live --kiosk --source demo --duration 4 --csv faces.csv --allow-recording 2>err && [ -s faces.csv ]
check "who allows it gets a table" $?

ffmpeg -v error -f lavfi -i color=gray:s=320x240:d=600:r=5 -pix_fmt yuv420p empty.mp4
strace -f -qq -e trace=socket,connect,bind,listen,openat,creat -o calls "$smilecam" live --kiosk --source empty.mp4 2>err &
kiosk=$!
invites() { # the idle scene's ground covers the corner
    import -window root idle.png 2>/dev/null && [ "$(convert idle.png -format '%[pixel:p{2,2}]' info:)" = 'srgb(20,27,33)' ]
}
wait_for "it invites when nobody is there" invites
[ "$(convert idle.png -fill black +opaque 'srgb(20,27,33)' -unique-colors -format '%w' info:)" -gt 1 ] &&
    [ "$(convert idle.png -format '%k' info:)" -gt 20 ]
check "with words and a mark" $?
xdotool key Escape key q key r key s key f
sleep 2
kill -0 $(pgrep -P $kiosk) 2>/dev/null
check "keys do nothing" $?
xdotool type --delay 200 quit
wait $kiosk
check "the word lets out" $?
grep -q openat calls && ! grep -q "AF_INET" calls
check "no network socket was opened" $?
written=$(grep -E 'O_(WRONLY|RDWR)|creat\(' calls | grep -v ENOENT | grep -vE '"/dev/|"/proc/|/run/|memfd' | sed 's/.*"\(.*\)".*/\1/' | sort -u)
echo "$written" | grep -v "state/smilecam/" | sed 's/^/# written: /'
[ -z "$(echo "$written" | grep -v "state/smilecam/")" ]
check "nothing was written but counts" $?

"$smilecam" live --kiosk --source demo --counts counts.csv --duration 12 2>err
check "it runs with a face" $?
grep -qE '^[0-9-]*T[0-9]*,[12],[1-3]$' counts.csv
check "whose smiles are counted" $?
echo "1..$number"
