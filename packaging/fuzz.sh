#!/bin/sh
# Runs every fuzz target of a build for some seconds; what breaks one is left in build/results.
# usage: packaging/fuzz.sh BUILD [SECONDS]
set -eu
build=$1
seconds=${2:-60}
mkdir -p build/results
for program in "$build"/bin/fuzz_*; do
  name=${program##*/fuzz_}
  corpus=build/corpus/$name
  mkdir -p "$corpus"
  set -- "$corpus"
  if [ -d "tests/fuzz/corpus/$name" ]; then set -- "$@" "tests/fuzz/corpus/$name"; fi
  set -- "$@" -max_total_time="$seconds" -timeout=10 -artifact_prefix="build/results/$name-" -print_final_stats=1
  printf '+ %s %s\n' "$program" "$*" >&2
  "$program" "$@"
done
