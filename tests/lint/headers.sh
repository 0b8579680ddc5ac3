#!/bin/sh
# headers.sh CC ROOT [GENERATED]: each header compiles alone, pedantically.
# headers.sh --self-test CC: a header that needs somebody else's include is caught.
set -u

check() { # compiler, root, generated sources
    find "$2/emulator" "$2/handlers" "$2/storage" "$2/tests/lib" -name '*.h' 2>/dev/null | sort | {
        failed=0
        count=0
        while read -r header; do
            count=$((count + 1))
            printf '#include "%s"\ntypedef int nothing_else;\n' "$header" |
                "$1" -std=c11 -D_GNU_SOURCE -I"$2" -I"$3" -Wall -Wextra -Wpedantic -Werror \
                    -fsyntax-only -x c - || failed=1
        done
        [ "$count" -gt 0 ] || { echo "$2: no headers found"; failed=1; }
        return "$failed"
    }
}

if [ "$1" = --self-test ]; then
    tree=$(mktemp -d) || exit 1
    trap 'rm -rf "$tree"' EXIT
    mkdir -p "$tree/emulator/base"
    printf '#include <stddef.h>\nsize_t good(void);\n' >"$tree/emulator/base/good.h"
    check "$2" "$tree" "$tree" || { echo "a good header was refused"; exit 1; }
    printf 'size_t bad(void);\n' >"$tree/emulator/base/bad.h"
    if check "$2" "$tree" "$tree" 2>/dev/null; then
        echo "a header that does not compile alone was not caught"
        exit 1
    fi
    exit 0
fi
check "$1" "$2" "${3:-$2}"
