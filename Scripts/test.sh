#!/usr/bin/env bash
# Runs the tests, optimised, with the given arguments of `swift test`; shows failures, skipped tests and the summary.
# The whole output is kept in test.log of the scratch folder.
set -euo pipefail

scratch=.build-tests
for ((i = 1; i < $#; i++)); do
    if [ "${!i}" = --scratch-path ]; then
        next=$((i + 1))
        scratch=${!next}
    fi
done
mkdir -p "$scratch"

steps='\[[0-9]+\/[0-9]+\]|Building for|Build complete|Fetching|Fetched|Creating working copy|Working copy of|Computing |Computed '
passing='(◇|􀟈) |.* started\.$|(✔|􁁛) (Test|Suite) .*passed after|↳ (Testing Library|Target Platform)'
show() {
    if [ "${VERBOSE:-0}" != 0 ]; then
        cat
    else
        # The summary of the run is the one passing line that is shown.
        sed -nE -e '/Test run with/{p;d;}' -e "/^($steps|$passing)/d" -e p
    fi
}

swift test -c release -Xswiftc -enable-testing --disable-xctest "$@" 2>&1 | tee "$scratch/test.log" | show
