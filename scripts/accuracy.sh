#!/usr/bin/env bash
# Prints every figure of how much is judged right: the cells of published reports, file by file; of generated reports with
# the flaws that are met in the wild; the sentences of the narrative; the changed digits that are found and the cell that is
# named. Each test also holds a bar and fails below it. A test that is not found fails too.
set -uo pipefail
cd "$(dirname "$0")/.."
go=${GO:-go}
status=0

# show TITLE PACKAGE PATTERN runs the tests and prints what they print, without the lines of the test runner.
show() {
  local out
  echo
  echo "== $1"
  out=$("$go" test -count=1 -parallel=1 -v -run "$3" "./internal/$2" 2>&1) || status=1
  if grep -q 'no tests to run' <<<"$out"; then
    echo "there is no test that matches $3 in internal/$2"
    status=1
    return
  fi
  sed -E -e 's|^=== RUN +[A-Za-z]+/(.*)|\1:|' -e '/^(=== |PASS$|ok  )|^ *--- PASS/d' -e 's/^ *[a-z_]+_test\.go:[0-9]+: //' <<<"$out"
}

show 'published reports, cell by cell' intake '^TestAccuracy$'
show 'generated reports in every layout, with flaws' report/form '^TestMessyReports$'
show 'claims of the text, sentence by sentence' report/narrative '^TestSentences$'
show 'changed digits: found, and the cell to blame' report/checks '^TestBlame'
exit "$status"
