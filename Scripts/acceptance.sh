#!/usr/bin/env bash
# The acceptance tests (Tests/Acceptance), with what they need. Arguments are pytest's, names are those of the folder:
#
#   Scripts/acceptance.sh                          all but the long ones
#   Scripts/acceptance.sh --all                    all
#   Scripts/acceptance.sh page_test.py -k killed   only these; more in the README there
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
Scripts/bootstrap.sh chromium prometheus postgresql python3-venv
WATTLINE_BIN=$(realpath "${WATTLINE_BIN:-.build/release/wattline}")
export WATTLINE_BIN
[ -x "$WATTLINE_BIN" ] || die "no $WATTLINE_BIN: make build"

# Not the system's own packages: what a person installed there may be older or newer.
tools=$PWD/.build/python
wanted=Tests/Acceptance/requirements.txt
if ! cmp -s $wanted "$tools/requirements.txt"; then
    make_tools() {
        rm -rf "$tools"
        /usr/bin/python3 -m venv "$tools"
        "$tools/bin/pip" install --quiet --disable-pip-version-check -r $wanted
        cp $wanted "$tools/"
    }
    step 'tools for the acceptance tests' make_tools
fi
cache=$PWD/.build/acceptance
cd Tests/Acceptance
exec "$tools/bin/pytest" -v -o "cache_dir=$cache" "$@"
