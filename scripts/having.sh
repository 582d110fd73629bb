#!/usr/bin/env bash
# Prints the packages whose tests contain a line that matches the pattern, one a line.
set -euo pipefail
cd "$(dirname "$0")/.."
{ grep -rlE --include='*_test.go' -e "$1" cmd internal || true; } | xargs -r -n1 dirname | sort -u | sed 's|^|./|'
