#!/bin/sh
# Compiles what is installed into .build/release: the program, the broker's plugin, the list of their Swift packages. Here and in the images (Dockerfile)
# the same way, without a need for Swift's libraries where it runs.
set -eu
swift build -c release --product wattline --static-swift-stdlib
# Not by SwiftPM, which would link Swift's runtime to it.
Scripts/build-plugin.sh .build/release/wattline-access.so
Scripts/sbom.py --swift-only --out .build/release/swift.json
