#!/usr/bin/env bash
# The style of the Swift sources, and the files that have a schema against it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
Scripts/bootstrap.sh
find_swift
swift format lint --strict --recursive --parallel Sources Tests Fuzz/Readers Fuzz/Services Package.swift Fuzz/Package.swift
# What a command was asked for goes through Output alone, which fails when it does not arrive.
if grep -rnE --include='*.swift' '(^|[^A-Za-z_.])(print|debugPrint|dump|fputs|puts|putchar|printf|fwrite|NSLog)\(' Sources ||
    grep -rnE --include='*.swift' 'FileHandle\.standardOutput|DescriptorSink\.standardOutput|write\((1|STDOUT_FILENO),' Sources |
    grep -v '^Sources/System/Platform/'; then
    echo 'lint: write to standard output by Output (or Log), see Sources/System/Platform/Output.swift' >&2
    exit 1
fi
Scripts/check-rooms.py
Scripts/check-names.py
Scripts/check-traffic.py --spec-only
Scripts/check-compose.py
Scripts/check-images.py
Scripts/page-files.py --check
/usr/bin/python3 Tests/Benchmarks/measure_test.py -q
/usr/bin/python3 - <<'PYTHON'
import json, jsonschema
schema = json.load(open("network.schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(json.load(open("network.json")))
print("network.json: agrees with network.schema.json")
PYTHON
