#!/usr/bin/env bash
# Installs what the build needs and the machine lacks; does nothing where nothing is missing.
set -euo pipefail

needed_swift="6.2"

fail() {
    echo "setup: $*" >&2
    exit 1
}

check_swift() {
    command -v swift >/dev/null 2>&1 ||
        fail "the command 'swift' is missing. Install Swift $needed_swift or later from https://www.swift.org/install and run make again."
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || fail "'swift --version' names no version. Install Swift $needed_swift or later from https://www.swift.org/install."
    local oldest
    oldest=$(printf '%s\n%s\n' "$needed_swift" "$version" | sort -t . -k 1,1n -k 2,2n -k 3,3n | head -n 1)
    [ "$oldest" = "$needed_swift" ] ||
        fail "Swift $version is too old: $needed_swift or later is needed. Install it from https://www.swift.org/install."
}

# Whether a header lies where compilers look.
has_header() {
    local folder
    for folder in /usr/include /usr/include/*-linux-gnu* /usr/local/include ${CPATH//:/ }; do
        [ -e "$folder/$1" ] && return 0
    done
    return 1
}

# Whether the linker finds a library of that name.
has_library() {
    local folder
    for folder in /usr/lib /usr/lib64 /usr/lib/*-linux-gnu* /usr/local/lib ${LIBRARY_PATH//:/ }; do
        [ -e "$folder/lib$1.so" ] && return 0
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        fail "installing packages needs root, and there is no sudo. As root, run: $*"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

setup_linux() {
    local missing=()
    has_library openblas || missing+=(libopenblas-dev)
    has_header boost/math/distributions/students_t.hpp || missing+=(libboost-dev)
    has_header zlib.h && has_library z || missing+=(zlib1g-dev)
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null 2>&1 ||
        fail "please install OpenBLAS, the Boost headers and zlib, with their development files (Debian calls them ${missing[*]})."
    echo "setup: installing ${missing[*]}" >&2
    # The package lists may be absent or stale: fetch them only if it does not work without.
    local log
    log=$(mktemp)
    if ! apt_install "${missing[@]}" >"$log" 2>&1; then
        if ! { as_root apt-get update && apt_install "${missing[@]}"; } >"$log" 2>&1; then
            cat "$log" >&2
            rm -f "$log"
            fail "apt-get could not install ${missing[*]}; its messages are above."
        fi
    fi
    rm -f "$log"
}

setup_macos() {
    xcrun --show-sdk-path >/dev/null 2>&1 || fail "the Xcode command-line tools are missing: run 'xcode-select --install'."
    has_header boost/math/distributions/students_t.hpp && return
    command -v brew >/dev/null 2>&1 ||
        fail "the Boost headers are missing. Install Homebrew (https://brew.sh) and run make again, or put Boost on CPATH."
    echo "setup: brew install boost" >&2
    brew install --quiet boost >&2
}

CPATH=${CPATH:-}
LIBRARY_PATH=${LIBRARY_PATH:-}
check_swift
case "$(uname -s)" in
Linux) setup_linux ;;
Darwin) setup_macos ;;
*) fail "only Linux and macOS are supported." ;;
esac
