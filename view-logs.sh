#!/usr/bin/env bash
# What the containers of the network say, side by side and in the order of time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'TEXT'
Usage: ./view-logs.sh WHO… [-f] [--tail N] [--since TIME]

WHO is central, cp, monitor, driver, broker or all, or a service such as ev-cp-e-3.

  -f, --follow     go on with what is said from now on; Ctrl-C ends it
  --tail N         the last N lines of each service (with -f: 10)
  --since TIME     what was said since then, like 5m or 2026-11-26T10:00:00Z

EXAMPLES
  ./view-logs.sh all -f
  ./view-logs.sh central driver --since 1m
  ./view-logs.sh ev-cp-e-3 ev-cp-m-3 -f
TEXT
}

complain() {
    printf '✖ %s\n' "$1" >&2
    exit 64
}

prefixes=()
follow=
options=()
while [ $# -gt 0 ]; do
    case $1 in
    central) prefixes+=(ev-central) ;;
    cp) prefixes+=('ev-cp-e-[0-9]+') ;;
    monitor) prefixes+=('ev-cp-m-[0-9]+') ;;
    driver) prefixes+=('ev-driver-.+') ;;
    broker) prefixes+=(mosquitto) ;;
    all) prefixes+=('.+') ;;
    -f | --follow) follow=yes ;;
    --tail | --since)
        [ $# -gt 1 ] || complain "$1 needs a value; see ./view-logs.sh --help"
        options+=("$1" "$2")
        shift
        ;;
    -h | --help)
        usage
        exit 0
        ;;
    -*) complain "$1: expected -f, --tail N or --since TIME; see ./view-logs.sh --help" ;;
    *) prefixes+=("$1") ;;
    esac
    shift
done
if [ ${#prefixes[@]} -eq 0 ]; then
    usage >&2
    exit 64
fi

known=$(docker compose config --services) || exit
services=()
for prefix in "${prefixes[@]}"; do
    found=$(grep -xE -- "$prefix" <<<"$known" | sort -V) ||
        complain "$prefix: expected central, cp, monitor, driver, broker, all, or one of the services: $(sort -V <<<"$known" | tr '\n' ' ')"
    while IFS= read -r service; do services+=("$service"); done <<<"$found"
done

# "ev-central-1  | 2026-11-26T06:50:00.123456789Z text" → "06:50:00.123 ev-central       │ text"
readable() {
    awk '{
        bar = index($0, "| ")
        name = substr($0, 1, bar - 1)
        gsub(/\033\[[0-9;]*[A-Za-z]|-[0-9]+ *$/, "", name)
        rest = substr($0, bar + 2)
        space = index(rest, " ")
        stamp = substr(rest, 1, space - 1)
        if (bar == 0 || stamp !~ /^[0-9-]+T[0-9:.]+Z$/) { print; fflush(); next }
        printf "%s %-17s │ %s\n", substr(stamp, 12, 12), name, substr(rest, space + 1)
        fflush()
    }'
}

if [ -n "$follow" ]; then
    [[ " ${options[*]-} " == *" --tail "* ]] || options+=(--tail 10)
    docker compose logs --no-color --timestamps --follow "${options[@]}" "${services[@]}" | readable
else
    # Compose gives one service after the other.
    docker compose logs --no-color --timestamps ${options[@]+"${options[@]}"} "${services[@]}" | sort -s -t '|' -k 2.2,2.32 | readable
fi
