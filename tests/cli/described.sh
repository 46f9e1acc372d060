#!/bin/bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
#
# The man page and the completions know every option of every command, and complete. Prints TAP.
#
# usage: described.sh SMILECAM FOLDER SOURCE: FOLDER holds what describe wrote

smilecam=$(readlink -f "$1")
folder=$(readlink -f "$2")
source=$(readlink -f "$3")
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$(readlink -f "$0")")/tap.sh"
cd "$scratch" || exit 1

skip() { # description, reason
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

# ---- all there ----

# shellcheck source=/dev/null
. "$folder/smilecam"

complete_words() { # what is typed, the last word being the one at the cursor: prints what is offered
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _smilecam
    printf '%s\n' "${COMPREPLY[@]}" | sort
}

same() { # what is expected, words with spaces; what is typed ...
    tr ' ' '\n' <<<"$1" | sort >wanted
    shift
    complete_words "$@" | diff wanted - >err
}

"$smilecam" --help 2>err | sed -n 's/^  \([a-z]*\)  *.*/\1/p' >commands
[ "$(wc -l <commands)" -ge 11 ] 2>err
check "there are commands" $?
: >missing
compare() { # what, the options that it has on standard input
    sort -u | diff options - | sed -n "s/^</$1 lacks $command/p;s/^>/$1 invents $command/p" >>missing
}
while read -r command; do
    "$smilecam" "$command" --help | sed -n 's/^  [- ][a-z ][, ] --\([a-z-]*\).*/\1/p' | sort >options
    [ "$(wc -l <options)" -ge 4 ] || echo "$command has no options" >>missing
    complete_words smilecam "$command" -- | sed 's/^--//' | compare bash
    sed -n "/^\.Ss smilecam $command\$/,/^\.Ss/p;/^\.Ss Options of all/,/^\.Sh/p" "$folder/smilecam.1" |
        sed -n 's/^\.It .*Fl -\([a-z-]*\).*/\1/p' | compare "man page"
    sed -n "/^    $command)/,/^        ) ;;/s/^        '.*--\([a-z-]*\)[]'=}[].*/\1/p" "$folder/_smilecam" | compare zsh
    sed -n "s/.*is $command' -l \([a-z-]*\) .*/\1/p" "$folder/smilecam.fish" | compare fish
done <commands
[ ! -s missing ]
result=$?
cp missing err
check "every option is in the man page and the completions" $result

# ---- translations ----

if command -v xgettext >out && command -v msgfmt >out; then
    (cd "$source" && xgettext --from-code=UTF-8 -k_ -kN_ -o "$scratch/words.pot" -f po/POTFILES) 2>err
    msgmerge -q --no-fuzzy-matching "$source/po/zh_CN.po" words.pot -o words.po 2>>err
    msgattrib --untranslated --no-obsolete words.po | sed -n 's/^msgid "\(..*\)"$/\1/p' >err
    [ -s words.po ] && [ ! -s err ]
    check "every word of the window is there in Chinese" $?
    grep -rlE '\b_\("' "$source/app" --include=*.c | sed "s|$source/||" | grep -vxFf "$source/po/POTFILES" >err
    [ ! -s err ]
    check "and every file with words is known" $?
else
    skip "every word of the window is there in Chinese" "no gettext"
fi

# ---- the man page ----

: >err
sed -n '/help_english\[\] =/,/^};/s/.*N_("\(.*\)")},*$/\1/p' "$source/app/draw/overlay_panels.c" >keys
[ "$(wc -l <keys)" -ge 10 ] && while read -r words; do
    grep -qxF "$words" "$folder/smilecam.1" || echo "key: $words" >>err
done <keys
[ ! -s err ]
check "it has the window's keys" $?
! grep '^\.Dl .* [.,;:!?]$' "$folder/smilecam.1" >err # would lose its space
check "its examples read as they are typed" $?
if command -v mandoc >out; then
    mandoc -T lint -W style "$folder/smilecam.1" 2>/dev/null | grep -v 'referenced manual not found' >err
    [ ! -s err ]
    check "mandoc has nothing to say about it" $?
else
    skip "mandoc" "it is not installed"
fi

# ---- bash ----

same classify smilecam cl
check "bash completes commands" $?
same "--fullscreen" smilecam live --fulls && same "--fullscreen" smilecam --fulls
check "options, of live without a command" $?
same "auto no yes" smilecam live --mirror "" && same yes smilecam --mirror = y
check "words of a choice" $?
same check smilecam model ch
check "what model is to do" $?
touch "a film.mp4" audio.wav && mkdir album
printf 'a film.mp4\nalbum\naudio.wav\nauto\n' >wanted
complete_words smilecam --source a | LC_ALL=C sort | diff wanted - >err
check "files, with spaces in their names, besides words" $?
same album smilecam --pictures a
check "folders alone where a folder is wanted" $?
same "" smilecam --width ""
check "nothing where a number is wanted" $?

# ---- other shells ----

if command -v fish >out; then
    fish -c "source $folder/smilecam.fish; complete -C 'smilecam cl'; complete -C 'smilecam --fulls'; complete -C 'smilecam model ch'" \
        2>err | cut -f 1 | tr '\n' ' ' >out
    [ "$(cat out)" = "classify --fullscreen check " ]
    check "fish completes" $?
else
    skip "fish completes" "it is not installed"
fi
if command -v zsh >out; then
    zsh -n "$folder/_smilecam" 2>err
    check "zsh can read it" $?
else
    skip "zsh can read it" "it is not installed"
fi
echo "1..$number"
