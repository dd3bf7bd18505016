#!/usr/bin/env bash
# Runs `swift build` with the given arguments, showing warnings and errors but not every step.
set -euo pipefail

steps='^\[[0-9]+/[0-9]+\]|^(Building for|Build complete|Build of product|Fetching|Fetched|Creating working copy|Working copy of|Computing |Computed )'
# The linker's remark on Swift's own Foundation library, which no change here can silence.
foundation='libFoundationEssentials\.a.*mktemp'

start=$SECONDS
[ -t 2 ] && echo "building (the first time takes a minute or two) ..." >&2
if [ "${VERBOSE:-0}" != 0 ]; then
    swift build "$@" >&2
else
    swift build "$@" 2>&1 | { grep --line-buffered -vE "$steps|$foundation" || true; } >&2
fi
[ $((SECONDS - start)) -lt 5 ] || echo "built in $((SECONDS - start)) s" >&2
