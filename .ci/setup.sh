# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
# Sourced by run and test: installs what is missing, configures, builds. Does nothing twice.

core_packages="build-essential pkg-config meson ninja-build protobuf-c-compiler libprotobuf-c-dev"
build_packages="$core_packages libopencv-dev libdlib-dev libblas-dev liblapack-dev nettle-dev
    libsdl2-dev libsdl2-ttf-dev libfribidi-dev fonts-dejavu-core libavformat-dev libavcodec-dev libavutil-dev
    libavfilter-dev libswscale-dev libheif-dev libjansson-dev libarchive-dev zlib1g-dev gettext"
# libfontconfig-dev is the new name of libfontconfig1-dev (Ubuntu 22.04 has only the old one)
renamed_packages="libfontconfig-dev|libfontconfig1-dev"
lint_packages="clang-format-14 clang-tidy-14 cppcheck shellcheck"
test_packages="libcmocka-dev python3 ffmpeg xvfb xdotool x11-utils imagemagick strace fonts-wqy-microhei
    libdlib-data"

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

is_installed() {
    case $(dpkg-query -W -f '${db:Status-Status} ' "$1" 2>/dev/null) in # a word for each architecture
        "installed "*) return 0 ;;
    esac
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "cannot install packages: run as root or install sudo"
    fi
}

# Installs the named packages that are not there yet.
need_packages() {
    missing=
    for package in "$@"; do
        new=${package%%|*} old=${package##*|}
        is_installed "$new" || is_installed "$old" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || die "this is no Debian or Ubuntu; install by hand:$missing"
    echo "Installing packages:$missing" >&2
    as_root apt-get update -qq
    chosen=
    for package in $missing; do
        new=${package%%|*} old=${package##*|}
        apt-cache show "$new" >/dev/null 2>&1 && chosen="$chosen $new" || chosen="$chosen $old"
    done
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $chosen >/dev/null ||
        die "apt-get could not install:$chosen"
}

# Configures the build folder $1 with the given options, unless it is there, and builds the target $2 ("all").
build() {
    folder=$1 target=$2
    shift 2
    if [ ! -f "$folder/build.ninja" ]; then
        meson setup "$folder" "$@" >"$folder.log" 2>&1 || { tail -n 20 "$folder.log" >&2; die "meson failed; see $folder.log"; }
    fi
    ninja -C "$folder" "$target" >"$folder.log" 2>&1 || { tail -n 40 "$folder.log" >&2; die "the build failed; see $folder.log"; }
}
