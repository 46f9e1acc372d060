#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# Reads the sources without running them: shellcheck on the scripts, clang-format, cppcheck (what it gets wrong is in
# lint/cppcheck.txt), gcc's analyzer on the core, and, unless --quick is given, clang-tidy (.clang-tidy). Silent where
# nothing is wrong.
#
# usage: lint.sh BUILD [--quick], BUILD being configured, for what is generated
set -u

build=$(readlink -f "$1")
quick=${2:-}
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
status=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

step() { # name, command ...
    name=$1
    shift
    if "$@" >"$log" 2>&1 && [ ! -s "$log" ]; then
        echo "$name: ok"
    else
        echo "$name:"
        cat "$log"
        status=1
    fi
}

scripts() {
    # 1091: sourced files are looked at by themselves. 2012: ls of names that the tests gave. 2181, 2143: taste.
    shellcheck -x -e SC1091,SC2012,SC2143,SC2181,SC2317 test run .ci/run tests/*.sh tests/*/*.sh models/*.sh core/*/*.sh &&
        shellcheck -s sh -e SC2034 .ci/setup.sh # its variables are for who sources it
}

layout() { # by the version whose choices are the house's
    find app core examples tests vision \( -name '*.[ch]' -o -name '*.[ch]pp' \) -exec clang-format-14 --dry-run -Werror {} +
}

analyse() { # gcc's analyzer loses arrays of pointers, which valgrind and the sanitizers watch
    find core -name '*.c' ! -path '*/kernels/*' -print0 |
        xargs -0 -n 1 -P "$(nproc)" gcc -std=gnu17 -D_GNU_SOURCE -DHAVE_KERNELS_X86 -O1 -fanalyzer \
            -Wno-analyzer-use-of-uninitialized-value -I. -I"$build" -c -o /dev/null
}

tidy() { # it also says how many warnings it kept to itself
    run-clang-tidy-14 -quiet -p "$build" "$PWD/(app|core)/.*\.c\$" 2>&1 | grep -E '(warning|error):' | sort -u
}

step shellcheck scripts
step clang-format layout
step cppcheck cppcheck -j "$(nproc)" --std=c11 --enable=warning,performance,portability --inline-suppr --quiet \
    --suppress=missingIncludeSystem --suppressions-list=tests/lint/cppcheck.txt -D_GNU_SOURCE -DHAVE_KERNELS_X86 \
    -I. -DSMILECAM_VERSION='"0"' --template=gcc app core examples vision
step "gcc -fanalyzer" analyse
[ "$quick" = --quick ] || step clang-tidy tidy
exit $status
