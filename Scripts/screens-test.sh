#!/usr/bin/env bash
# The HTTP API held against openapi.yaml, and the page in a real browser, both on a network of real processes; with --all also against a network that is only
# pretended, which can do what a real one does not: a hundred thousand events, a thousand points, a server that falls silent.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
Scripts/bootstrap.sh chromium prometheus python3-venv
binary=${WATTLINE_BIN:-.build/release/wattline}
[ -x "$binary" ] || die "no $binary: make build"

# Not the system's own packages: what a person installed there may be older or newer.
tools=.build/python
if ! cmp -s Tests/Browser/requirements.txt $tools/requirements.txt; then
    make_tools() {
        rm -rf $tools
        /usr/bin/python3 -m venv $tools
        $tools/bin/pip install --quiet --disable-pip-version-check -r Tests/Browser/requirements.txt
        cp Tests/Browser/requirements.txt $tools/
    }
    step 'tools for the browser and the API' make_tools
fi

data=$(mktemp -d)
export WATTLINE_ADMIN_TOKEN=for-this-test-alone
"$binary" up --data "$data" --http-port 0 --color never >"$data.log" 2>&1 &
up=$!
stop() {
    kill -INT $up 2>/dev/null || true
    wait $up 2>/dev/null || true
    rm -rf "$data" "$data.log"
}
trap stop EXIT
for _ in $(seq 200); do
    grep -q 'The dashboard is at' "$data.log" && break
    kill -0 $up 2>/dev/null || die "wattline up did not start: $(cat "$data.log")"
    sleep 0.1
done
url=$(sed -n 's/^ *see *\(http:[^ ]*\).*/\1/p' "$data.log")
[ -n "$url" ] || die "no dashboard: $(cat "$data.log")"

api() {
    $tools/bin/schemathesis run "$url/openapi.yaml" --url "$url" -H "Authorization: Bearer $WATTLINE_ADMIN_TOKEN" \
        --exclude-path /events --max-examples "${1:-30}" --request-timeout 10 --continue-on-failure --warnings off --no-color
}
page() { WATTLINE_URL=$url WATTLINE_TOKEN=$WATTLINE_ADMIN_TOKEN WATTLINE_KILL="$PWD/Scripts/kill-engine.sh $binary $data {cp}" $tools/bin/pytest -q Tests/Browser/page_test.py; }
step 'the page in a browser' page
# On a network of its own, which it stops.
step 'what Prometheus is given' Scripts/check-observability.py
# Last: it takes points out of order.
step 'the HTTP API against openapi.yaml' api
if [ "${1:-}" = --all ]; then
    step 'the HTTP API, longer' api 500
    step 'the page on a pretended network' $tools/bin/pytest -q -s Tests/Browser/page_test.py
fi
