#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# What the compiler and the linker were asked for is in the program, the library and the modules: addresses that
# differ at each start, tables that cannot be written once it runs, no stack that can be run, marked targets of
# jumps, checks of the stack and of lengths. Prints TAP.
#
# usage: hardening.sh PROGRAM LIBRARY...

# shellcheck source=tests/cli/tap.sh
. "$(dirname "$(readlink -f "$0")")/tap.sh"

program=$1
readelf -hW "$program" | grep -q 'Type: *DYN' && readelf -dW "$program" | grep -q 'FLAGS_1.* PIE'
check "the program is position-independent" $?
for file in "$@"; do
    name=$(basename "$file")
    readelf -lW "$file" | grep -q GNU_RELRO && readelf -dW "$file" | grep -qE '\(BIND_NOW\)|FLAGS.*(BIND_)?NOW'
    check "$name: full RELRO" $?
    readelf -lW "$file" | grep GNU_STACK | grep -q 'RW ' && ! readelf -lW "$file" | grep -q 'RWE'
    check "$name: nothing is both written and run" $?
    # The linker's own note of it is lost where the C library's start-up files do not have it, as in Debian 12.
    [ "$(objdump -d --no-show-raw-insn "$file" | grep -c endbr64)" -gt 20 ]
    check "$name: targets of jumps are marked" $?
    readelf --dyn-syms -W "$file" | grep -q __stack_chk_fail
    check "$name: the stack is checked" $?
    ! readelf -dW "$file" | grep -q TEXTREL
    check "$name: no text to relocate" $?
done
readelf --dyn-syms -W "$program" | grep -q '__[a-z]*_chk@'
check "lengths are checked" $?
echo "1..$number"
