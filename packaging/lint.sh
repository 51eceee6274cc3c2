#!/bin/sh
# ./dev lint: format, thread-safety analysis (the clang build), clang-tidy, shellcheck; goes on after a failure so
# that one run shows everything. usage: packaging/lint.sh JOBS [FILE.cpp...]
set -u
cd -- "$(dirname -- "$0")/.." || exit 1
jobs=$1
shift
bad=0
show() { printf '+ %s\n' "$*" >&2; }

# Sources that git knows or would add; a file that is gone but not yet staged is skipped.
sources() { git ls-files -co --exclude-standard -- "$@" | while IFS= read -r file; do [ -e "$file" ] && printf '%s\n' "$file"; done; }

show "clang-format-19 --dry-run -Werror  (all sources)"
sources '*.hpp' '*.cpp' | tr '\n' '\0' | xargs -0 -r clang-format-19 --dry-run -Werror || bad=1

show "cmake --preset tidy && cmake --build --preset tidy  (clang -Wthread-safety)"
{ cmake --preset tidy && cmake --build --preset tidy -j "$jobs" -- -k 0; } || bad=1

# Only what the tidy tree compiles: files meant not to compile, and what belongs to other presets, have no command there.
show "clang-tidy-19 -p build/tidy --quiet  (every compiled source)"
if [ $# -gt 0 ]; then printf '%s\n' "$@"; else sources '*.cpp'; fi | while IFS= read -r file; do
  grep -qF "\"file\": \"$PWD/$file\"" build/tidy/compile_commands.json && printf '%s\0' "$file"
done | xargs -0 -r -P "$jobs" -n 1 clang-tidy-19 -p build/tidy --quiet || bad=1

show "shellcheck --severity=warning  (all scripts)"
sources | while IFS= read -r file; do
  case $file in *.sh) ;; *) head -c 64 -- "$file" | head -n 1 | grep -aqE '^#!.*[/ ](ba|da)?sh( |$)' || continue ;; esac
  printf '%s\0' "$file"
done | xargs -0 -r shellcheck --severity=warning || bad=1

show "packages.sh unread  (packages that nothing needs)"
tests/package/packages.sh unread build/tidy . || [ $? -eq 77 ] || bad=1

[ "$bad" -eq 0 ] && printf 'lint: clean\n'
exit "$bad"
