#!/bin/sh
# Runs the benchmarks of a build, all or one group; medians and spread over 5 runs, and as JSON with the machine in
# build/results/bench-GROUP.json. usage: packaging/bench.sh BUILD [GROUP]
set -eu
build=$1
group=${2:-*}
mkdir -p build/results
found=
for program in "$build"/bin/bench_$group; do
  [ -x "$program" ] || continue
  found=yes
  name=${program##*/bench_}
  set -- --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true --benchmark_report_aggregates_only=true \
    --benchmark_counters_tabular=true --benchmark_out="build/results/bench-$name.json"
  printf '+ %s %s\n' "$program" "$*" >&2
  "$program" "$@"
done
[ -n "$found" ] || { echo "bench: no group $group; there are: $(cd "$build/bin" && echo bench_* | sed 's/bench_//g')" >&2; exit 2; }
