#!/bin/sh
# usage: packages.sh missing|unread BUILD_DIRECTORY SOURCE_DIRECTORY; exit 77 (skipped) where there is no dpkg.
#   missing  every header outside the project that the build read belongs to a package of packaging/debian-packages.txt
#            (groups build and test) or to one that such a package depends on
#   unread   every library package of the list is read by somebody (./dev lint asks)
set -eu
what=$1
build=$2
source=$3
command -v dpkg-query >/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk '$1 == "build" || $1 == "test" { print $2 }' "$source/packaging/debian-packages.txt" | sort -u >"$work/listed"

# ninja keeps the headers of every object that it built; the real path is what dpkg knows.
ninja -C "$build" -t deps | sed -n 's/^    \(\/usr\/.*\)$/\1/p' | sort -u | xargs -r -d '\n' realpath -- | sort -u >"$work/headers"
[ -s "$work/headers" ] || { echo "no header in $build: nothing was built there"; exit 1; }
xargs -d '\n' dpkg-query -S <"$work/headers" 2>"$work/unowned" | sed 's/: .*//; s/:[a-z0-9]*$//' | sort -u >"$work/used"
if grep -q . "$work/unowned"; then
  echo "headers of no Debian package:"
  cat "$work/unowned"
  exit 1
fi

# What the listed packages bring, by Depends and Pre-Depends of what is installed.
cp "$work/listed" "$work/covered"
while :; do
  xargs -d '\n' dpkg-query -W -f='${Depends}, ${Pre-Depends}\n' <"$work/covered" 2>/dev/null |
    tr ',|' '\n\n' | sed 's/([^)]*)//g; s/:[a-z]*//; s/ //g' | grep . | sort -u - "$work/covered" >"$work/next"
  cmp -s "$work/next" "$work/covered" && break
  mv "$work/next" "$work/covered"
done

status=0
if [ "$what" = missing ] && comm -23 "$work/used" "$work/covered" | grep . >"$work/bad"; then
  echo "headers are read from packages that packaging/debian-packages.txt does not bring:"
  cat "$work/bad"
  status=1
fi
# A library of the list that nothing reads is a package too many. (libNAME-dev may only lead to a versioned one.)
[ "$what" = missing ] || while read -r package; do
  case $package in lib*-dev | nlohmann-json3-dev) ;; *) continue ;; esac
  grep -qxF "$package" "$work/used" && continue
  for below in $(dpkg-query -W -f='${Depends}' "$package" | tr ',|' '\n\n' | sed 's/([^)]*)//g; s/:[a-z]*//; s/ //g'); do
    case $below in lib*-dev) grep -qxF "$below" "$work/used" && continue 2 ;; esac
  done
  echo "nothing reads $package; take it off packaging/debian-packages.txt"
  status=1
done <"$work/listed"
[ "$status" -ne 0 ] || echo "$(wc -l <"$work/headers") headers of $(wc -l <"$work/used") packages, all listed"
exit "$status"
