#!/bin/sh
# Which lines of docs/semantics.md a test is named after. usage: conformance.sh list|check|update [ROOT]
#   list    every id in a test name, one a line, with the number of tests
#   check   fails if a test names a line that does not exist, or if the table of docs/conformance.md is not true
#   update  writes the columns "tested" and "waiting" of that table
# A test shows a line when its name holds the id: TEST(Future, FUT_1_FreshIsPending); several ids may follow each other.
set -eu
what=$1
cd -- "${2:-$(dirname -- "$0")/..}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ids of the checklist and of the tests, as "FUT 1"
sed -n 's/^- \([A-Z][A-Z][A-Z]\)-\([0-9]*\):.*/\1 \2/p' docs/semantics.md >"$work/lines"
[ -s "$work/lines" ] || { echo "conformance: no line found in docs/semantics.md"; exit 1; }
find tests \( -name '*.cpp' -o -name '*.hpp' -o -name CMakeLists.txt \) -exec cat {} + |
  grep -hE '(TEST(_[FP])?|TYPED_TEST(_P)?|weft_compile_fail)\(' |
  awk '{ while (match($0, /[A-Z][A-Z][A-Z]_[0-9]+/)) {
           id = substr($0, RSTART, RLENGTH); $0 = substr($0, RSTART + RLENGTH)
           sub(/_/, " ", id); print id } }' | sort >"$work/named"
# other words may look like ids (RFC_9309); a known group with an unknown number is a mistake
awk 'NR == FNR { known[$0]; group[$1]; next } ($1 in group) && !($0 in known) && !said[$0]++ { print }' \
  "$work/lines" "$work/named" >"$work/unknown"
if [ -s "$work/unknown" ]; then
  sed 's/\(.*\) \(.*\)/conformance: a test is named \1_\2, and docs\/semantics.md has no such line/' "$work/unknown"
  exit 1
fi

table() {
  awk -v lines="$work/lines" -v named="$work/named" '
    function ranges(group, kind,    i, from, text) {
      for (i = 1; i <= count[group]; i = from + 1) {
        from = i
        if (state[group, i] != kind) continue
        while (from < count[group] && state[group, from + 1] == kind) ++from
        text = text (text == "" ? "" : ", ") (from > i ? i "-" from : i)
      }
      return text == "" ? " " : " " text " "
    }
    function mark(group, text, kind,    n, part, i, j, ends) {
      n = split(text, part, /, */)
      for (i = 1; i <= n; ++i) {
        if (part[i] !~ /[0-9]/) continue
        if (split(part[i], ends, "-") < 2) ends[2] = ends[1]
        for (j = ends[1] + 0; j <= ends[2] + 0; ++j) {
          if (!((group, j) in state)) { print FILENAME ": no line " group "-" j > "/dev/stderr"; bad = 1 }
          else if (state[group, j] == "tested") { print FILENAME ": " group "-" j " is not here and yet tested" > "/dev/stderr"; bad = 1 }
          else state[group, j] = kind
        }
      }
    }
    BEGIN {
      FS = " "
      while ((getline < lines) > 0) { state[$1, $2 + 0] = "waiting"; ++count[$1] }
      while ((getline < named) > 0) if (($1, $2 + 0) in state) state[$1, $2 + 0] = "tested"
      FS = "|"; OFS = "|"
    }
    /^\| [A-Z][A-Z][A-Z] \|/ {
      group = $2; gsub(/ /, "", group); seen[group]
      mark(group, $8, "away")
      $4 = " " count[group] " "; $5 = ranges(group, "tested"); $6 = ranges(group, "waiting")
    }
    { print }
    END {
      for (group in count) if (!(group in seen)) { print FILENAME ": no row for " group > "/dev/stderr"; bad = 1 }
      exit bad
    }' docs/conformance.md
}

case $what in
  list) uniq -c "$work/named" | awk '{ print $2 "-" $3, $1 }' | sort -V ;;
  check)
    table >"$work/new"
    diff -u --label docs/conformance.md --label "docs/conformance.md, from the tests" docs/conformance.md "$work/new" ||
      { echo "conformance: ./dev docs writes the table"; exit 1; }
    ;;
  update)
    table >"$work/new"
    cmp -s "$work/new" docs/conformance.md || { cat "$work/new" >docs/conformance.md; echo "updated docs/conformance.md"; }
    ;;
  *) echo "usage: conformance.sh list|check|update [ROOT]" >&2; exit 2 ;;
esac
