#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# Builds the Debian packages of the last commit and installs them on a bare Debian 12 that debootstrap makes: there
# the program must run for an ordinary user, tell the drawn face's smile, record it and classify a photograph. Takes
# root, a quarter of an hour and 2 GB under TMPDIR; ./test does not run it. Prints TAP.
#
# usage: package.sh [MIRROR]
set -eu

source=$(dirname "$(readlink -f "$0")")/..
mirror=${1:-http://deb.debian.org/debian}
scratch=$(mktemp -d)
root=$scratch/root
trap 'umount "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$scratch"' EXIT
number=0

check() { # description, command ...
    number=$((number + 1))
    description=$1
    shift
    if "$@" >"$scratch/log" 2>&1; then
        echo "ok $number - $description"
    else
        echo "not ok $number - $description"
        tail -n 30 "$scratch/log" | sed 's/^/# /'
    fi
}

# The packages must build without git, as from a tarball.
build() {
    mkdir "$scratch/smilecam"
    git -C "$source" archive HEAD | tar -x -C "$scratch/smilecam" &&
        (cd "$scratch/smilecam" && dpkg-buildpackage -us -uc -b)
}

make_root() {
    debootstrap --variant=minbase bookworm "$root" "$mirror" && cp "$scratch"/*.deb "$root/root" &&
        mount -t proc proc "$root/proc" && echo 'APT::Install-Recommends "no";' >"$root/etc/apt/apt.conf.d/bare"
}

inside() { # a command as nobody, in a home of its own
    chroot --userspec=nobody:nogroup "$root" env -i PATH=/usr/bin:/bin HOME=/tmp/home LANG=C.UTF-8 sh -ec "cd /tmp/home; $*"
}

check "the packages build" build
check "lintian finds no error and no warning" lintian --fail-on error,warning --allow-root "$scratch"/*.changes
check "a bare Debian 12" make_root
check "they install" chroot "$root" sh -c 'apt-get update && apt-get install -y /root/smilecam_*.deb /root/libsmilecam-core0_*.deb'
mkdir -m 777 "$root/tmp/home"
cp "$source/docs/demo.png" "$root/tmp/home"
check "the program starts" inside 'smilecam --version'
check "it tells the drawn face's smile and records it" inside \
    'smilecam live --source demo --headless --duration 6 --events - --record demo.mkv | grep -q smile_end; [ -s demo.mkv ]'
check "it annotates that recording" inside 'smilecam annotate demo.mkv -o again.mp4; [ -s again.mp4 ]'
check "it classifies a photograph" inside 'smilecam classify demo.png | grep -q smile'
check "and tells its expression" inside 'smilecam classify --model expression demo.png | grep -q happy'
check "its model is whole" inside 'smilecam model check /usr/share/smilecam/smile.onnx'
check "without a camera it says so" inside 'smilecam devices 2>&1 | grep -q "no camera"'
check "they are removed" chroot "$root" apt-get purge -y smilecam libsmilecam-core0
check "and leave nothing" test -z "$(find "$root/usr" "$root/etc" "$root/lib/systemd" -name '*smilecam*' | head)"
echo "1..$number"
