#!/bin/sh
# The main job, on the real parts: 100 slow pages on 100 hosts, a batch of factorials on worker processes, and the
# comparison of sequential, threads and processes. usage: packaging/demo.sh TOOL REPORT_DIRECTORY
# Every command is shown as it is run. Leaves report.md, the records, and the comparison as text and JSON.
set -eu
tool=$1
report=$2
pages=100 delay=2 # seconds a page takes
sample=3          # pages that the sequential run really fetches

site=
work=$(mktemp -d)
end() {
  status=$?
  trap - EXIT INT TERM
  if [ -n "$site" ]; then kill "$site" 2>/dev/null && wait "$site" 2>/dev/null || true; fi
  rm -rf -- "$work"
  exit "$status"
}
trap end EXIT
trap 'exit 130' INT TERM

title() { printf '\n== %s\n' "$1"; }
shown() { printf '+ weft %s\n' "$*" >&2; "$tool" "$@"; }
now() { date +%s%N; }
# seconds NANOSECONDS, ratio NANOSECONDS NANOSECONDS
seconds() { awk -v t="$1" 'BEGIN { printf "%.2f", t / 1e9 }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a / b }'; }

rm -rf -- "$report"
mkdir -p -- "$report"

title "A site of $pages pages on $pages hosts; each page takes $delay s"
printf '+ weft site --pages %s --hosts %s --delay %ss --port 0 --list pages &\n' $pages $pages $delay >&2
"$tool" site --pages $pages --hosts $pages --delay ${delay}s --port 0 --list pages --output "$work/pages.txt" &
site=$!
tries=0
while [ ! -s "$work/pages.txt" ]; do
  tries=$((tries + 1))
  if [ $tries -gt 200 ] || ! kill -0 $site 2>/dev/null; then echo "demo: the site does not start" >&2; exit 1; fi
  sleep 0.05
done
[ "$(wc -l <"$work/pages.txt")" -eq $pages ] || { echo "demo: the site lists not $pages pages" >&2; exit 1; }
head -n $sample "$work/pages.txt" >"$work/sample.txt"

# scrape WORKERS LIST NAME: whole process, from start to exit; leaves nanoseconds in $took.
scrape() {
  from=$(now)
  shown scrape --workers "$1" --input "$2" --output "$report/$3.jsonl" --json >"$report/$3.json"
  took=$(($(now) - from))
  fetched=$(grep -c '"status":200' "$report/$3.jsonl" || true)
  [ "$fetched" -eq "$(wc -l <"$2")" ] || { echo "demo: only $fetched pages of $2 came back" >&2; exit 1; }
}

title "One after the other: $sample pages as a sample, scaled to $pages"
scrape 1 "$work/sample.txt" sequential-sample
sequential=$((took * pages / sample))
printf '%s pages in %s s, so %s pages would take %s s\n' $sample "$(seconds $took)" $pages "$(seconds $sequential)"

title "10 workers"
scrape 10 "$work/pages.txt" pages-10-workers
ten=$took
printf '%s pages in %s s, %s times as fast\n' $pages "$(seconds "$ten")" "$(ratio $sequential "$ten")"

title "100 workers"
scrape 100 "$work/pages.txt" pages-100-workers
hundred=$took
printf '%s pages in %s s, %s times as fast\n' $pages "$(seconds "$hundred")" "$(ratio $sequential "$hundred")"

kill $site
wait $site 2>/dev/null || true
site=

title "Factorials on worker processes"
from=$(now)
shown factorial 0..20 1000 10000 2000..200000..2000 --executor processes --output "$report/factorials.txt"
took=$(($(now) - from))
factorials=$(wc -l <"$report/factorials.txt")
printf '%s exact results in %s s, %s MB of digits; the first 21:\n' "$factorials" "$(seconds $took)" \
  "$(awk -v b="$(wc -c <"$report/factorials.txt")" 'BEGIN { printf "%.1f", b / 1e6 }')"
head -n 21 "$report/factorials.txt"

title "Sequential, threads, processes"
shown compare demo --report "$report"

cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
{
  printf '# weft demo\n\n%s, %s cores, %s\n\n' "${cpu:-$(uname -m)}" "$(nproc)" "$("$tool" --version)"
  printf '## %s pages of %s s on %s hosts\n\n| way | wall | against sequential |\n|---|---|---|\n' $pages $delay $pages
  printf '| one after the other (%s pages, scaled) | %s s | 1 |\n' $sample "$(seconds $sequential)"
  printf '| 10 workers | %s s | %s |\n' "$(seconds "$ten")" "$(ratio $sequential "$ten")"
  printf '| 100 workers | %s s | %s |\n' "$(seconds "$hundred")" "$(ratio $sequential "$hundred")"
  printf '\nWall time of the whole process. A line for each page: pages-10-workers.jsonl, pages-100-workers.jsonl.\n'
  printf '\n## Factorials on worker processes\n\n%s exact results in %s s: factorials.txt\n' "$factorials" "$(seconds $took)"
  printf '\n## Sequential, threads, processes\n\n```\n'
  cat "$report/compare.txt"
  printf '```\n\nThe same as JSON: compare.json\n'
} >"$report/report.md"
title "The report is $report/report.md"
