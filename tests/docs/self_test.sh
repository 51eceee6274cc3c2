#!/bin/sh
# packaging/docs.sh finds what it is there for. usage: self_test.sh DOCS_SH
set -eu
docs=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

# expect NAME WANTED_STATUS TEXT COMMAND...
expect() {
  name=$1 wanted=$2 text=$3
  shift 3
  status=0
  "$@" >"$tree.out" 2>&1 || status=$?
  if [ "$status" -ne "$wanted" ] || { [ -n "$text" ] && ! grep -qF -- "$text" "$tree.out"; }; then
    echo "self-test '$name': status $status, wanted $wanted with '$text':"
    cat "$tree.out"
    failed=1
  fi
  rm -f "$tree.out"
}

printf '#include <x>\n\nint main() {\n  // [map]\n  if (a)\n    b();\n\n  c();\n  // [/map]\n}\n' >"$tree/code.cpp"
printf '# One thing\n\n[here](#one-thing) [code](code.cpp) [web](https://example.org/x) `[no](link)`\n' >"$tree/a.md"
printf '# Two\n\n<!-- from: code.cpp#map -->\n```cpp\nif (a)\n  b();\n\nc();\n```\n[a](a.md#one-thing)\n' >"$tree/b.md"
expect "good links" 0 "" "$docs" links "$tree"
expect "good code" 0 "" "$docs" code "$tree"

printf '[dead](nothing.md)\n' >"$tree/c.md"
expect "dead link" 1 "c.md:1: nothing.md leads nowhere" "$docs" links "$tree"
printf '[dead](a.md#other-thing)\n' >"$tree/c.md"
expect "dead anchor" 1 "no such heading" "$docs" links "$tree"

printf 'before\n<!-- from: code.cpp#map -->\n```cpp\nold\n```\nafter\n' >"$tree/c.md"
expect "stale code" 1 "-old" "$docs" code "$tree"
expect "update" 0 "updated c.md" "$docs" update "$tree"
expect "updated code" 0 "" "$docs" code "$tree"
expect "the rest stays" 0 "after" cat "$tree/c.md"

printf '<!-- from: code.cpp#nosuch -->\n```cpp\n```\n' >"$tree/c.md"
expect "missing section" 1 "no section [nosuch] in code.cpp" "$docs" code "$tree"
printf '<!-- from: nosuch.cpp -->\n```cpp\n```\n' >"$tree/c.md"
expect "missing file" 1 "no file nosuch.cpp" "$docs" code "$tree"
printf '<!-- from: code.cpp#map -->\ntext\n' >"$tree/c.md"
expect "no block" 1 "a fenced block must follow" "$docs" code "$tree"
exit "$failed"
