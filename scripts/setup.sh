#!/usr/bin/env bash
# Installs what the tests need beyond Go, git and make, where it is missing. On Debian and its kin it uses apt-get, as root
# or through sudo; elsewhere it says what has to be installed by hand. The product itself needs none of this.
set -euo pipefail

# package | what must be there, alternatives separated by commas: a command, a pattern of paths, or pkg:NAME for an installed
# package | what for
needs='gcc|gcc,clang|the race detector
libc6-dev|/usr/include/stdlib.h|the race detector
chromium|chromium,chromium-browser,google-chrome|the pages in a real browser
libreoffice-writer-nogui|pkg:libreoffice-writer-nogui,pkg:libreoffice-writer|opening the DOCX that is written
libreoffice-calc-nogui|pkg:libreoffice-calc-nogui,pkg:libreoffice-calc|opening the XLSX that is written
poppler-utils|pdftotext|a second opinion on the PDF that is written
qpdf|qpdf|checking the PDF that is written
postgresql|initdb,/usr/lib/postgresql/*/bin/initdb|a PostgreSQL server of the tests'\'' own
fontconfig|fc-list|finding fonts
fonts-noto-cjk|font:Noto Sans CJK SC|Chinese characters'

debian=false
command -v dpkg-query >/dev/null && command -v apt-get >/dev/null && debian=true

# there WHAT reports whether one thing is at hand.
there() {
  case "$1" in
    pkg:*)
      if $debian; then
        [ "$(dpkg-query -W -f '${db:Status-Status}' "${1#pkg:}" 2>/dev/null)" = installed ]
      else
        command -v soffice >/dev/null
      fi ;;
    font:*) command -v fc-list >/dev/null && fc-list : family | grep -F "${1#font:}" >/dev/null ;;
    /*) compgen -G "$1" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

missing=()
check() {
  missing=()
  local package ways why way ok
  while IFS='|' read -r package ways why; do
    ok=false
    local list
    IFS=',' read -ra list <<<"$ways"
    for way in "${list[@]}"; do
      if there "$way"; then ok=true; fi
    done
    if ! $ok; then
      missing+=("$package")
      reasons+=("  $package: for $why")
    fi
  done <<<"$needs"
}

reasons=()
check
[ "${#missing[@]}" -eq 0 ] && exit 0

give_up() {
  echo "setup: $1" >&2
  printf '%s\n' "${reasons[@]}" >&2
  echo "setup: install them (on Debian: apt-get install ${missing[*]}) and try again" >&2
  exit 1
}

$debian || give_up "this is no Debian system, so these have to be installed by hand:"
run=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || give_up "neither root nor sudo, so these cannot be installed:"
  run=(sudo)
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${run[@]}" apt-get update -q || echo "setup: the package lists could not be brought up to date; trying with those at hand" >&2
case " ${missing[*]} " in
  *' postgresql '*)
    # The tests start servers of their own: the package shall leave none running, and make no cluster.
    conf=/etc/postgresql-common/createcluster.d/gongkai-tests.conf
    "${run[@]}" mkdir -p "${conf%/*}"
    echo 'create_main_cluster = false' | "${run[@]}" tee "$conf" >/dev/null ;;
esac
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" ||
  give_up "the installation failed; missing:"
reasons=()
check
[ "${#missing[@]}" -eq 0 ] || give_up "still missing after the installation:"
