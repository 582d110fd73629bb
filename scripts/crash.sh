#!/usr/bin/env bash
# Kills processes that write, restore and back up, ROUNDS times each on each database (default 300), and asks each time for
# everything that was confirmed. The lines that are printed at the end say how much that was, and how much of it was lost.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-300}
go=${GO:-go}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

status=0
GONGKAI_CRASH_ROUNDS=$rounds "$go" test ./internal/app -run 'Killed' -count=1 -v -timeout 0 2>&1 | tee "$log" || status=$?
echo
grep -oE '(sqlite|postgres): (killed|[0-9]+ restores killed) .*' "$log" || true
exit "$status"
