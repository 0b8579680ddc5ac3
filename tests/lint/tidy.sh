#!/usr/bin/env bash
# tidy.sh BUILD [SOURCE...] -- clang-tidy 14 over these sources, or all of ours. BUILD is a folder
# with compile_commands.json, configured with gcc or clang. Several minutes for the whole tree.
set -euo pipefail
build=$(realpath "$1")
shift
cd "$(dirname "$0")/../.."
tool=$(command -v clang-tidy-14 || command -v clang-tidy) || { echo "no clang-tidy here"; exit 77; }
if [ $# -eq 0 ]; then
    # Plugins are compiled as their users do, without our rules.
    mapfile -t files < <(find emulator handlers storage tests -name '*.c' -not -path 'tests/lib/plugins/*')
    set -- "${files[@]}"
fi
# Flags that only gcc knows are no finding. What clang-tidy counts goes to stderr.
printf '%s\0' "$@" |
    xargs -0 -P "$(nproc)" -n 8 "$tool" -quiet -p "$build" --extra-arg=-Wno-unknown-warning-option \
        2>/dev/null
