#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# Looks for inputs that break the readers of files: each target in turn, or those that are named, for so many
# seconds, with the address and undefined-behaviour sanitizers. What it learns stays in build-fuzz/corpus; an
# input that breaks something is kept in build-fuzz/found and ends the run.
#
# usage: tests/fuzz/run.sh SECONDS [TARGET...]     (Debian: apt install clang)
set -eu
seconds=${1:?usage: run.sh SECONDS [TARGET...]}
shift
cd "$(dirname "$(readlink -f "$0")")/../.."
seeds=$PWD/tests/fuzz/corpus
if [ ! -f build-fuzz/build.ninja ]; then
    CC=clang CXX=clang++ meson setup build-fuzz -Dtests=enabled -Dfuzz=enabled --buildtype=debugoptimized \
        -Db_lundef=false >build-fuzz.log
fi
ninja -C build-fuzz fuzz >build-fuzz.log || { cat build-fuzz.log >&2; exit 1; }
cd build-fuzz
if [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi
# shellcheck disable=SC2046 # names without spaces
[ $# -gt 0 ] || set -- $(ls "$seeds")
for target; do
    mkdir -p "corpus/$target" found
    log=$target.log
    if ! tests/fuzz/fuzz_"$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1500 -max_len=16384 \
        -artifact_prefix="found/$target-" -print_final_stats=1 "corpus/$target" "$seeds/$target" 2>"$log"; then
        tail -n 40 "$log" >&2
        echo "$target: broken; see build-fuzz/$log and build-fuzz/found" >&2
        exit 1
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    covered=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1)
    echo "$target: $runs runs, $covered, $(ls "corpus/$target" | wc -l) inputs kept"
done
