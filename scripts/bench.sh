#!/usr/bin/env bash
# Runs every benchmark for the given time each (default 1s) and ends with the lines that say what one report costs. Run it on
# a machine that does nothing else: a figure taken beside other work means nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-1s}
go=${GO:-go}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

mapfile -t packages < <(scripts/having.sh '^func Benchmark')
"$go" test -run '^$' -bench . -benchmem -benchtime "$time" -timeout 60m "${packages[@]}" | tee "$log"

echo
echo "milliseconds per report:"
awk '
  /^pkg: / { sub(/.*\/internal\//, ""); pkg = $0 }
  /^Benchmark/ {
    line = ""
    for (i = 4; i <= NF; i++) if ($i ~ /^(ms\/report|cpu-ms\/report|MiB-peak)$/) line = line sprintf("  %10s %s", $(i-1), $i)
    if (line != "") printf "  %-18s %-34s%s\n", pkg, substr($1, 10), line
  }' "$log"
