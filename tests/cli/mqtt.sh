#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# The line of docs/kiosk.md that sends events to an MQTT broker, with a broker of its own. Prints TAP; skips aloud
# without Mosquitto.
#
# usage: mqtt.sh SMILECAM MODEL

smilecam=$(readlink -f "$1")
[ -f "$2" ] || { echo "1..0 # SKIP the shipped model is not there"; exit 0; }
PATH=$PATH:/usr/sbin
for tool in mosquitto mosquitto_pub mosquitto_sub; do
    command -v $tool >/dev/null || { echo "1..0 # SKIP no $tool (packages mosquitto, mosquitto-clients)"; exit 0; }
done
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$(readlink -f "$0")")/tap.sh"
cd "$scratch" || exit 1
export HOME="$scratch" XDG_CONFIG_HOME="$scratch" XDG_STATE_HOME="$scratch" SDL_VIDEODRIVER=dummy LC_ALL=C.UTF-8
broker='' reader=''
trap 'kill $broker $reader 2>/dev/null; rm -rf "$scratch"' EXIT

# A port that nobody has: the broker ends at once where it is taken.
for port in $(seq $((20000 + $$ % 20000)) 60000); do
    mosquitto -p "$port" >broker.log 2>&1 &
    broker=$!
    for _ in $(seq 100); do
        mosquitto_pub -h 127.0.0.1 -p "$port" -t there -m yes 2>/dev/null && kill -0 $broker 2>/dev/null && break 2
        kill -0 $broker 2>/dev/null || break
        sleep 0.1
    done
done
mosquitto_sub -h 127.0.0.1 -p "$port" -t 'hall/#' >received &
reader=$!
for _ in $(seq 100); do
    mosquitto_pub -h 127.0.0.1 -p "$port" -t hall/test -m listening
    grep -q listening received && break
    sleep 0.1
done
"$smilecam" live --kiosk --source demo --duration 8 --events - 2>err | mosquitto_pub -l -h 127.0.0.1 -p "$port" -t hall/smiles
for _ in $(seq 100); do grep -q smile_end received && break; sleep 0.1; done
sed 's/^/# /' err
grep -q '"event":"smile_start"' received
check "a smile reaches who listens to the broker" $?
grep -q '"event":"smile_end"' received
check "and its end" $?
echo "1..$number"
