#!/usr/bin/env bash
# Prints what the program takes: the size of the static binary for each processor, the time from the start until it answers on
# a fresh data folder and on one in use, and the memory of the idle server. Figures are printed, never asserted; beside them
# stands what the project has set itself.
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go}
work=$(mktemp -d)
pid=
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT

for arch in amd64 arm64; do
  CGO_ENABLED=0 GOARCH=$arch $GO build -trimpath -ldflags '-s -w' -o "$work/gongkai-$arch" ./cmd/gongkai
  printf 'static binary, linux/%s: %d MB\n' "$arch" "$(($(stat -c %s "$work/gongkai-$arch") / 1000000))"
done
here=$($GO env GOARCH)
port=$((20000 + RANDOM % 20000))

# start DATA prints the milliseconds until the server is ready; the server goes on.
start() {
  local from
  from=$(date +%s%N)
  "$work/gongkai-$here" serve --data "$1" --listen "127.0.0.1:$port" >"$work/log" 2>&1 &
  pid=$!
  for _ in $(seq 1000); do
    if exec 3<>"/dev/tcp/127.0.0.1/$port"; then
      printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
      if head -n 1 <&3 | grep -q ' 200 '; then exec 3>&-; break; fi
      exec 3>&-
    fi 2>/dev/null
    sleep 0.005
  done
  echo $((($(date +%s%N) - from) / 1000000))
}

stop() { kill "$pid"; wait "$pid" 2>/dev/null || true; pid=; }

start "$work/data" >"$work/ms"; printf 'start on a fresh folder, every migration made: %d ms (set: 500)\n' "$(cat "$work/ms")"
stop
for _ in 1 2 3; do
  start "$work/data" >"$work/ms"; printf 'start on a folder in use: %d ms (set: 500)\n' "$(cat "$work/ms")"
  sleep 3
  printf 'idle after three seconds: %d MB resident (set: 80)\n' "$(($(awk '/VmRSS/ {print $2}' "/proc/$pid/status") / 1000))"
  stop
done
