#!/bin/sh
# Runs the benchmarks of a build, all or one group; what they print is in build/results/bench-GROUP.json, too.
# usage: packaging/bench.sh BUILD [GROUP [ARGUMENT...]], for example build/bench pool --repetitions 3
set -eu
build=$1
group=${2:-*}
[ $# -lt 2 ] || shift
shift
mkdir -p build/results
found=
for program in "$build"/bin/bench_$group; do
  [ -x "$program" ] || continue
  found=yes
  json=build/results/bench-${program##*/bench_}.json
  printf '+ %s %s\n' "$program --json $json" "$*" >&2
  "$program" --json "$json" "$@"
done
[ -n "$found" ] || { echo "bench: no group $group; there are: $(cd "$build/bin" && echo bench_* | sed 's/bench_//g')" >&2; exit 2; }
