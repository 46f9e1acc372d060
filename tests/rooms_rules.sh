#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# rooms.py on a small tree that breaks one rule at a time: each is found, with both files named. Prints TAP.
#
# usage: rooms_rules.sh ROOMS.PY
rooms=$(readlink -f "$1")
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$rooms")/cli/tap.sh"
cd "$scratch" || exit 1

tree() { # a tree in order: ten rooms, a hundred includes
    rm -rf tree && mkdir -p tree/core/base tree/core/image tree/app/system tree/vision
    for room in core/base core/image core/c core/d core/e core/f core/g vision app/system app/cli; do
        echo "| \`$room/\` | a room |"
    done >tree/CONTRIBUTING.md
    : >tree/core/base/log.h
    : >tree/core/image/image.h
    for _ in $(seq 100); do
        echo '#include "core/base/log.h"'
    done >tree/app/system/clock.c
    : >tree/app/system/clock.h
}
refuses() { # what is found, file, line
    tree
    echo "$3" >>"tree/$2"
    ! "$rooms" tree >out 2>err && grep -q "$2" out && grep -q "$4" out
    check "$1 is found" $?
}

tree
"$rooms" tree >out 2>err
check "a tree in order passes" $?
refuses "an include of a later room" core/base/log.h '#include "core/image/image.h"' core/image/image.h
refuses "vision taking more than it may" vision/a.c '#include "app/system/clock.h"' app/system/clock.h
refuses "a path that is not written from the root" app/system/clock.c '#include "clock.h"' clock.h
tree
echo '#include "app/system/b.h"' >tree/app/system/a.h
echo '#include "app/system/a.h"' >tree/app/system/b.h
! "$rooms" tree >out 2>err && grep -q 'app/system/a, app/system/b' out
check "a circle is found" $?
tree
: >tree/core/base/log_private.h
echo '#include "core/base/log_private.h"' >tree/core/image/image.h
! "$rooms" tree >out 2>err && grep -q 'core/image/image.h includes core/base/log_private.h' out
check "another room's private header is found" $?
tree
mkdir -p tree/app/attic && echo '#include "core/base/log.h"' >tree/app/attic/a.c
! "$rooms" tree >out 2>err && grep -q 'app/attic' out
check "a room that is not in the table is found" $?
echo "1..$number"
