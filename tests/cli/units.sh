#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# What systemd itself says about the units. Prints TAP; skips aloud without systemd-analyze.
#
# usage: units.sh FOLDER (of the configured units)

command -v systemd-analyze >/dev/null || { echo "1..0 # SKIP no systemd-analyze"; exit 0; }
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$(readlink -f "$0")")/tap.sh"

# Neither cage nor the program needs to be installed for this.
for unit in smilecam-kiosk smilecam-kiosk-user; do
    sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|; s|/usr/bin/pkill|/bin/true|' "$1/$unit.service" >"$scratch/$unit.service"
    said=$(systemd-analyze verify --man=no --recursive-errors=no "$scratch/$unit.service" 2>&1)
    status=$?
    [ -n "$said" ] && echo "$said" | sed 's/^/# /'
    [ $status -eq 0 ] && ! echo "$said" | grep -q "$unit.service:"
    check "$unit is understood" $?
done
systemd-analyze security --offline=yes --threshold=20 "$scratch/smilecam-kiosk.service" >"$scratch/security" 2>&1
status=$?
tail -n 1 "$scratch/security" | sed 's/^/# /'
check "smilecam-kiosk is exposed by 2.0 at most" $status
sed -i '/^[A-Z][A-Za-z]*=/{/^Exec/!d}' "$scratch/smilecam-kiosk.service"
! systemd-analyze security --offline=yes --threshold=20 "$scratch/smilecam-kiosk.service" >/dev/null 2>&1
check "without its hardening it is not" $?
echo "1..$number"
