#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# An installed copy: a program of another project finds the library with pkg-config, links it shared and static
# and classifies a face; nothing undocumented is exported; the installed smilecam finds its model, architectures
# and face modules. Prints TAP.
#
# usage: install.sh BUILD SOURCE SANITIZERS COMPILER...

build=$(readlink -f "$1")
source=$(readlink -f "$2")
sanitizers=${3:-none}
shift 3
cc=$*
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$(readlink -f "$0")")/tap.sh"
cd "$scratch" || exit 1
unset SMILECAM_MODEL DISPLAY WAYLAND_DISPLAY

DESTDIR=$scratch/root meson install -C "$build" --no-rebuild >out 2>err
check "meson install" $?
pc=$(find root -name smilecam-core.pc)
[ -n "$pc" ]
check "there is a pkg-config file" $?
prefix=$scratch/root$(pkg-config --variable=prefix "$pc")
export PKG_CONFIG_PATH="${pc%/*}"
package() { pkg-config --define-variable=prefix="$prefix" "$@" smilecam-core; }
libdir=$(package --variable=libdir)

# ---- what can be seen ----

grep -o '\<smilecam_[a-z_]*(' "$source/core/api/smilecam.h" | tr -d '(' | sort >documented
nm -D --defined-only "$libdir/libsmilecam-core.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort >exported
nm -D --defined-only "$libdir/libsmilecam-core.so" | awk '$2 != "T" && $2 != "A"' >err
[ -s documented ] && diff documented exported >>err && [ ! -s err ]
check "the shared library exports what is documented" $?
nm --defined-only --extern-only "$libdir/libsmilecam-core.a" | awk 'NF == 3 { print $3 }' | grep '^smilecam_' | sort >visible
nm --defined-only --extern-only "$libdir/libsmilecam-core.a" | awk 'NF == 3 && $3 !~ /^smilecam_/' >err
[ "$sanitizers" = none ] || : >err # their own names are in the object as well
diff documented visible >>err && [ ! -s err ]
check "and the static one shows no more" $?
[ "$(objdump -p "$libdir/libsmilecam-core.so" | awk '$1 == "SONAME" { print $2 }')" = libsmilecam-core.so.0 ]
check "its soname has a version" $?
[ "$(ls "$prefix/include")" = smilecam.h ]
check "the public header, no other" $?

# ---- a program of another project ----

flags="-std=c11 -Wall -Wextra -Wpedantic -Werror"
[ "$sanitizers" = none ] || flags="$flags -fsanitize=$sanitizers"
model=$source/models/smile.onnx chip=$source/tests/cli/chip.pgm example=$source/examples/classify_chip.c

is_smile() { # the two lines of the example, whatever the model's last digits
    awk 'NR == 1 && $1 == "neutral" { p = $2 } NR == 2 && $1 == "smile" && $2 > 0.7 { p += $2 }
        END { exit !(NR == 2 && p > 0.98 && p < 1.02) }' "$1"
}

# shellcheck disable=SC2046,SC2086
$cc $flags "$example" $(package --cflags --libs) -o shared 2>err &&
    LD_LIBRARY_PATH=$libdir ./shared "$model" "$chip" >wanted 2>err && is_smile wanted
check "a program with the shared library classifies a face" $?
# shellcheck disable=SC2046,SC2086
$cc $flags "$example" $(package --cflags) "$libdir/libsmilecam-core.a" \
    $(package --static --libs | sed 's/-lsmilecam-core//') -o static 2>err &&
    ./static "$model" "$chip" >out 2>err && diff wanted out >err
check "and one with the static library" $?
! objdump -p static | grep -q libsmilecam
check "which needs no other file" $?
cat >plus.cpp <<'END'
#include <smilecam.h>
struct image {}; // names of the program's own
void log_write() {}
int main() {
    smilecam_set_log_writer([](enum smilecam_log_level, const char *) {});
    return smilecam_classifier_create("missing.onnx", 1) ? 1 : 0;
}
END
# shellcheck disable=SC2046,SC2086
$cc -x c++ -std=c++11 ${flags#-std=c11} plus.cpp $(package --cflags --libs) -o plus 2>err &&
    LD_LIBRARY_PATH=$libdir ./plus 2>err && [ ! -s err ]
check "a C++ program as well, which takes the messages itself" $?
./static missing.onnx "$chip" >out 2>err
[ $? -eq 1 ] && grep -q 'missing.onnx' err && [ "$(wc -l <err)" -eq 1 ]
check "a missing model is told" $?

# ---- the program ----

if [ -x "$prefix/bin/smilecam" ]; then
    "$prefix/bin/smilecam" live --source demo --headless --duration 1 >out 2>err
    check "the installed program finds its model and face modules" $?
    mv "$prefix" "$scratch/elsewhere" && "$scratch/elsewhere/bin/smilecam" live --source demo --headless --duration 1 >out 2>err
    check "and still does when it was moved" $?
    ls "$scratch/elsewhere/share/smilecam/architectures/smile.net" "$scratch/elsewhere/share/smilecam/smile.onnx" \
        "$scratch/elsewhere/share/smilecam/expression.onnx" >out 2>err
    check "models and architectures are there" $?
    share=$scratch/elsewhere/share
    [ -s "$share/icons/hicolor/scalable/apps/smilecam.svg" ] && [ -s "$share/metainfo/local.smilecam.smilecam.metainfo.xml" ] &&
        grep -qx 'Icon=smilecam' "$share/applications/smilecam.desktop" 2>err
    check "and what a desktop shows of it" $?
    [ -s "$share/man/man1/smilecam.1" ] && [ -s "$share/bash-completion/completions/smilecam" ] &&
        [ -s "$share/zsh/site-functions/_smilecam" ] && [ -s "$share/fish/vendor_completions.d/smilecam.fish" ]
    check "its man page and completions" $?
fi
echo "1..$number"
