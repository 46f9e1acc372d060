#!/bin/sh
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# Every translation is complete, its format strings agree, and the template is that of the sources. Prints TAP.
#
# usage: translations.sh SOURCE_FOLDER XGETTEXT_ARGUMENT...

cd "$1" || exit 1
shift
command -v xgettext >/dev/null || { echo "1..0 # SKIP no xgettext"; exit 0; }
# shellcheck source=tests/cli/tap.sh
. tests/cli/tap.sh

grep -lrE '\b(_|N_|LOG|LOG_WORDS)\(' app vision --include='*.c' --include='*.cpp' --include='*.h' |
    grep -vx app/system/i18n.h | sort >"$scratch/marked"
sort po/POTFILES >"$scratch/listed"
comm -23 "$scratch/marked" "$scratch/listed" | sed 's/^/# not in po\/POTFILES: /'
[ -z "$(comm -23 "$scratch/marked" "$scratch/listed")" ]
check "every source with text is listed" $?

xgettext "$@" --files-from=po/POTFILES --output="$scratch/new.pot"
for file in "$scratch/new.pot" po/smilecam.pot; do
    msgattrib --no-location "$file" | grep -vE '^(#( |\.|$)|"[A-Z][A-Za-z-]*: )' >"$scratch/$(basename "$file").texts"
done
diff "$scratch/smilecam.pot.texts" "$scratch/new.pot.texts" | sed 's/^/# /'
cmp -s "$scratch/smilecam.pot.texts" "$scratch/new.pot.texts"
check "the template is up to date (ninja -C build smilecam-pot smilecam-update-po)" $?

while read -r language; do
    msgfmt --check --output-file=/dev/null "po/$language.po" 2>"$scratch/said"
    status=$?
    sed 's/^/# /' "$scratch/said"
    check "$language: the format strings agree" $status
    msgcmp "po/$language.po" "$scratch/new.pot" 2>"$scratch/said"
    status=$?
    sed 's/^/# /' "$scratch/said"
    check "$language: every text is translated" $status
done <po/LINGUAS
echo "1..$number"
