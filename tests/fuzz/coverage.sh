#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# Says how many lines of the readers the inputs of the fuzzers reach: those in the tree, those that run.sh has found
# (build-fuzz/corpus), and those below other folders, each with a folder for each target.
#
# usage: tests/fuzz/coverage.sh [CORPORA...]     (Debian: apt install gcovr)
set -eu
corpora=
for folder; do corpora="$corpora $(readlink -f "$folder")"; done
cd "$(dirname "$(readlink -f "$0")")/../.."
corpora="$PWD/tests/fuzz/corpus $PWD/build-fuzz/corpus$corpora"
build="build-fuzz-coverage"
if [ ! -f $build/build.ninja ]; then
    meson setup $build -Dtests=enabled --buildtype=debug -Db_coverage=true >$build.log
fi
ninja -C $build fuzz >$build.log || { cat $build.log >&2; exit 1; }

# reach TARGET FILTER...: of the files whose paths match
reach() {
    target=$1
    shift
    find $build -name '*.gcda' -delete
    n=0
    for folder in $corpora; do
        [ -d "$folder/$target" ] || continue
        n=$((n + $(find "$folder/$target" -type f | wc -l)))
        $build/tests/fuzz/fuzz_"$target" "$folder/$target" >/dev/null 2>&1 || echo "$target: fails on $folder" >&2
    done
    filters=
    for pattern; do filters="$filters --filter $pattern"; done
    # shellcheck disable=SC2086
    gcovr --root . $filters --csv - $build | awk -F, -v target="$target" -v n=$n '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        { lines = $column["line_total"]; reached = $column["line_covered"]; all += lines; in_all += reached
          files = files sprintf("%s%s %d/%d", files ? ", " : "", $1, reached, lines) }
        END { printf "| %s | %d | %.1f %% | %s |\n", target, n, 100 * in_all / all, files }'
}

echo "| target | inputs | lines reached | of |"
echo "|---|---|---|---|"
reach arch core/arch
reach counts app/sinks/counts.c
reach crops 'core/dataset\.c'
reach labels app/photos/picture_set.c app/photos/picture_archive.c
reach landmarks 'vision/landmark_check\.c'
reach onnx 'core/onnx_read' core/onnx_constant
reach options app/options
reach pictures vision/picture_check.c
reach scores app/reports/score_file.c
reach settings app/cli/settings.c
