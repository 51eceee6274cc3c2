#!/bin/sh
# The documents: links that lead nowhere, and code that is not the tested code. usage: docs.sh links|code|update [ROOT]
#   links   every relative link in *.md leads to a file, and its #anchor to a heading of it
#   code    every block under a marker equals the section of the file that the marker names
#   update  makes it so
# A marker stands alone before a fenced block:  <!-- from: examples/pool.cpp#map -->
# and takes what stands in that file between  // [map]  and  // [/map], without the common indentation
# (without #section: the whole file).
set -eu
what=$1
cd -- "${2:-$(dirname -- "$0")/..}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find . -name '*.md' -not -path './build/*' -not -path './.git/*' | sed 's|^\./||' | sort >"$work/documents"
[ -s "$work/documents" ] || { echo "docs: no document under $PWD"; exit 1; }

# links_of FILE: "line target", code blocks and inline code left out.
links_of() {
  awk '/^ *(```|~~~)/ { fenced = !fenced; next } fenced { next }
       { gsub(/`[^`]*`/, "")
         while (match($0, /\]\([^()]*(\([^()]*\))?[^()]*\)/)) {
           target = substr($0, RSTART + 2, RLENGTH - 3); sub(/ .*/, "", target)
           print FNR, target; $0 = substr($0, RSTART + RLENGTH) } }' "$1"
}

# anchors_of FILE: the names that GitHub gives its headings.
anchors_of() {
  awk '/^ *(```|~~~)/ { fenced = !fenced; next } fenced { next }
       /^#+ / { sub(/^#+ +/, ""); $0 = tolower($0); gsub(/[^a-z0-9 _-]/, ""); gsub(/ /, "-"); print }' "$1"
}

check_links() {
  while IFS= read -r document; do
    links_of "$document" | while read -r line target; do
      case $target in *://* | mailto:*) continue ;; esac
      file=${target%%#*}
      if [ -n "$file" ]; then path=$(dirname -- "$document")/$file; else path=$document; fi
      if [ ! -e "$path" ]; then
        echo "$document:$line: $target leads nowhere"
      elif [ "$target" != "$file" ] && case $path in *.md) true ;; *) false ;; esac; then
        anchors_of "$path" | grep -qxF -- "${target#*#}" || echo "$document:$line: $target: no such heading"
      fi
    done
  done <"$work/documents" >"$work/dead"
  cat "$work/dead"
  [ ! -s "$work/dead" ]
}

# with_code FILE: the document as it should be, on standard output; fails if a marker cannot be followed.
with_code() {
  awk '
    function fail(text) { print FILENAME ":" FNR ": " text > "/dev/stderr"; failed = 1 }
    function section(file, name,    line, inside, found, n, i, indent, least, lines) {
      inside = found = (name == ""); least = 1000; n = 0
      while ((status = (getline line < file)) > 0) {
        if (name != "" && line ~ "^ *// \\[/" name "\\] *$") { inside = 0; continue }
        if (name != "" && line ~ "^ *// \\[" name "\\] *$") { inside = found = 1; continue }
        if (!inside || line ~ /^ *\/\/ \[\/?[a-z0-9_]+\] *$/) continue
        lines[++n] = line
        if (line !~ /^ *$/) { match(line, /^ */); if (RLENGTH < least) least = RLENGTH }
      }
      close(file)
      if (status < 0) fail("no file " file)
      else if (!found) fail("no section [" name "] in " file)
      for (i = 1; i <= n; ++i) print substr(lines[i], least + 1)
    }
    waiting { if ($0 !~ /^```/) { fail("a fenced block must follow the marker"); waiting = 0; print; next }
              print; section(file, name); waiting = 0; skipping = 1; next }
    skipping { if ($0 !~ /^```$/) next; skipping = 0 }
    { print }
    /^<!-- from: [^ #]+(#[a-z0-9_]+)? -->$/ {
      file = $3; name = ""
      if (split($3, part, "#") == 2) { file = part[1]; name = part[2] }
      waiting = 1 }
    END { if (waiting || skipping) fail("the block is not closed"); exit failed }' "$1"
}

case $what in
  links) check_links ;;
  code | update)
    status=0
    while IFS= read -r document; do
      with_code "$document" >"$work/new" || { status=1; continue; }
      cmp -s "$work/new" "$document" && continue
      if [ "$what" = update ]; then
        cat "$work/new" >"$document"
        echo "updated $document"
      else
        diff -u --label "$document" --label "$document, from the tested code" "$document" "$work/new" || status=1
      fi
    done <"$work/documents"
    [ "$status" -eq 0 ] || echo "docs: ./dev docs puts the tested code in"
    exit "$status"
    ;;
  *) echo "usage: docs.sh links|code|update [ROOT]" >&2; exit 2 ;;
esac
