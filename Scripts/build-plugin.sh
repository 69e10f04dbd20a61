#!/bin/sh
# Compiles the broker's plugin.  Scripts/build-plugin.sh FILE
set -eu
clang -std=c11 -D_GNU_SOURCE -O2 -fPIC -shared -Wall -Wextra -Werror -ISources/C/CAccessTable/include \
    -o "$1.new" Sources/C/CBrokerPlugin/*.c Sources/C/CAccessTable/*.c -lcrypto
mv "$1.new" "$1"
