#!/usr/bin/env bash
# acceptance-parts.sh LOGS: the acceptance tests without Docker, for `make test`. They mostly wait, so three parts of them run at the same time; those that
# compare times, or kill all the while, come afterwards by themselves. What they say is in LOGS/acceptance-*.txt, and at the end of LOGS/acceptance.log.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
logs=$1
alone='/(hostile|stations_chaos|page_load|traffic)_test'
pages='/(page|operators|https)_'
stations='/(gateway|stations|public_scenarios|ocpp)_'

# files PATTERN OPTIONS…: the tests' files with names like that.
files() { (cd Tests/Acceptance && printf '%s\n' ./*_test.py) | grep -E "$@"; }
run() {
    local log=$logs/acceptance-$1.txt
    shift
    Scripts/acceptance.sh -m 'not docker' "$@" >"$log" 2>&1
}

# Before several of them want the tools.
Scripts/acceptance.sh --collect-only -q access_test.py >/dev/null
mapfile -t first < <(files "$pages" | grep -Ev "$alone")
mapfile -t second < <(files "$stations" | grep -Ev "$alone")
mapfile -t third < <(files -v "$pages|$stations|$alone")
mapfile -t last < <(files "$alone")
names=(pages stations rest)
jobs=()
run pages "${first[@]}" & jobs+=($!)
run stations "${second[@]}" & jobs+=($!)
run rest "${third[@]}" & jobs+=($!)
trap 'kill "${jobs[@]}" 2>/dev/null || true' EXIT
failed=
for index in "${!jobs[@]}"; do
    wait "${jobs[index]}" && continue
    failed="$failed ${names[index]}"
    cat "$logs/acceptance-${names[index]}.txt" >&2
done
trap - EXIT
for name in "${names[@]}"; do
    cat "$logs/acceptance-$name.txt" >>"$logs/acceptance.log"
    grep -hE '^=+ .*(passed|failed|skipped).* in ' "$logs/acceptance-$name.txt" || true
done
[ -z "$failed" ] || die "acceptance tests failed:$failed"
Scripts/acceptance.sh -m 'not docker' "${last[@]}" 2>&1 | tee -a "$logs/acceptance.log"
