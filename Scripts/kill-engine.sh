#!/usr/bin/env bash
# kill-engine.sh WATTLINE DATA CP: kills the engine of a point of a `wattline up`, for tests.
set -euo pipefail
pid=$("$1" ps --data "$2" | awk -v name="$3" '$1 == name && $2 == "engine" { for (i = 3; i <= NF; i++) if ($i ~ /^[0-9]+$/) { print $i; exit } }')
kill -9 "${pid:?no engine of $3}"
