# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# For the tests that print TAP, which source it: a folder of their own, and one line for each check. What a command said
# on standard error is shown when it went to a file "err" there and the check fails.

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
number=0

check() { # description, exit status of the check before
    number=$((number + 1))
    if [ "$2" -eq 0 ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        if [ -s "$scratch/err" ]; then sed 's/^/# /' "$scratch/err"; fi
    fi
}
