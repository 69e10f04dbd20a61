#!/usr/bin/env bash
# The compose test, where a Docker engine can be had: one that runs, or the one of ../shared/docker-lab. Elsewhere it is skipped, loudly.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
Scripts/bootstrap.sh
lab=../shared/docker-lab
if docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; then
    :
elif [ -x $lab/up ] && [ "$(id -u)" -eq 0 ]; then
    # What was not running before does not run afterwards.
    trap '$lab/down' EXIT
    step 'a Docker engine' $lab/up
else
    say 'THE COMPOSE TEST IS SKIPPED: no Docker engine with compose v2 answers here (docker info; docker compose version)'
    exit 0
fi
Scripts/compose-test.py "$@"
