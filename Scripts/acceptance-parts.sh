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
# run NAME FILES…: in ports of its own; without a file pytest would take all.
run() {
    local log=$logs/acceptance-$1.txt
    export ACCEPTANCE_PART=$1
    shift
    [ $# -gt 0 ] || die "no acceptance tests for $ACCEPTANCE_PART"
    exec Scripts/acceptance.sh -m 'not docker' "$@" >"$log" 2>&1
}

# Before several of them want the tools.
Scripts/acceptance.sh --collect-only -q access_test.py >/dev/null
mapfile -t first < <(files "$pages" | grep -Ev "$alone")
mapfile -t second < <(files "$stations" | grep -Ev "$alone")
mapfile -t third < <(files -v "$pages|$stations|$alone")
mapfile -t last < <(files "$alone")
[ ${#last[@]} -gt 0 ] || die "no acceptance tests with names like $alone"
names=(pages stations rest)
jobs=()
# Each a process group of its own, so that nothing of it is left when this is ended.
set -m
run pages "${first[@]}" & jobs+=($!)
run stations "${second[@]}" & jobs+=($!)
run rest "${third[@]}" & jobs+=($!)
set +m
trap 'for job in "${jobs[@]}"; do kill -INT -- "-$job" 2>/dev/null || true; done; wait' EXIT
trap 'exit 130' INT TERM
failed=
for index in "${!jobs[@]}"; do
    wait "${jobs[index]}" && continue
    failed="$failed ${names[index]}"
    cat "$logs/acceptance-${names[index]}.txt" >&2
done
trap - EXIT INT TERM
for name in "${names[@]}"; do
    cat "$logs/acceptance-$name.txt" >>"$logs/acceptance.log"
    grep -hE '^=+ .*(passed|failed|skipped).* in ' "$logs/acceptance-$name.txt" || true
done
[ -z "$failed" ] || die "acceptance tests failed:$failed"
Scripts/acceptance.sh -m 'not docker' "${last[@]}" 2>&1 | tee -a "$logs/acceptance.log"
