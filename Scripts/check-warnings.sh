#!/usr/bin/env bash
# Fails if a build log holds a warning about this package's own files, or about the package itself.
# The files concerned are touched, so that the next build compiles them, and warns, again.
set -euo pipefail

log=$1
root=$(cd "$(dirname "$0")/.." && pwd)
own=$(grep -E "^($root/)?(Sources|Tests|Package\.swift)[^ ]*:[0-9]+:[0-9]+: warning:" "$log" || true)
package=$(grep -E "^warning: " "$log" || true)
[ -z "$own$package" ] && exit 0

printf '%s\n' "$own" "$package" | sed '/^$/d' | sort -u >&2
echo "the build gave warnings" >&2
printf '%s\n' "$own" | sed -n 's/^\([^:]*\):.*/\1/p' | sort -u | while IFS= read -r file; do touch -c "$file"; done
exit 1
