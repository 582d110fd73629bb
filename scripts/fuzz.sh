#!/usr/bin/env bash
# Runs every fuzz target that is found, one after the other, for the given time each (default 10m). What a target finds
# is left under the package's testdata/fuzz, where every later `go test` runs it again. Inputs that widen the coverage are
# made smaller ten times only: files of several hundred kilobytes would otherwise take up most of the time.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-10m}
go=${GO:-go}
failed=()
count=0
while read -r dir; do
  while read -r target; do
    count=$((count + 1))
    echo "== $dir $target ($time)"
    "$go" test "$dir" -run '^$' -fuzz "^${target}\$" -fuzztime "$time" -fuzzminimizetime 10x -timeout 0 </dev/null ||
      failed+=("$dir $target")
  done < <(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | cut -c6- | sort)
done < <(scripts/having.sh '^func Fuzz')
echo "$count fuzz targets run, ${#failed[@]} found something"
if [ "${#failed[@]}" -gt 0 ]; then
  printf '  %s\n' "${failed[@]}"
  exit 1
fi
