#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# Starts the live program and stops it at another moment each time: while it loads, searches, follows. It must
# end by itself with the exit code of an interruption. STARTS=1000 in the environment makes it a long test.
# Prints TAP.
#
# usage: starts.sh SMILECAM MODEL

smilecam=$(readlink -f "$1")
[ -f "$2" ] || { echo "1..0 # SKIP no model"; exit 0; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
starts=${STARTS:-12}
i=0
while [ "$i" -lt "$starts" ]; do
    i=$((i + 1))
    "$smilecam" live --headless --source demo --realtime yes --events - --record live.mkv >out 2>err &
    process=$!
    sleep "$(awk -v i=$i 'BEGIN { print (i * 0.37) % 2.5 + 0.1 }')"
    kill -TERM $process
    tries=0
    while kill -0 $process 2>/dev/null && [ $tries -lt 200 ]; do # 20 s
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -KILL $process 2>/dev/null
    wait $process
    code=$?
    if { [ $code -eq 4 ] || [ $code -eq 143 ]; } && # 143: before it had begun
         ! grep -q ThreadSanitizer err; then
        echo "ok $i"
    else
        echo "not ok $i - exit code $code"
        sed 's/^/# /' err | head -n 60
    fi
done
echo "1..$starts"
