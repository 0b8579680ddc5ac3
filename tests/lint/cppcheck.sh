#!/usr/bin/env bash
# cppcheck.sh BUILD: what cppcheck finds in the sources of BUILD/compile_commands.json. 77 is
# "skipped": no cppcheck here.
#
# readdirCalled is passed over: the C library's readdir() is safe on a stream of one's own, and
# readdir_r(), which it recommends, is deprecated.
set -euo pipefail
command -v cppcheck >/dev/null || exit 77
cppcheck --project="$1/compile_commands.json" --std=c11 --library=posix,gnu -D__x86_64__=1 \
    --enable=warning,performance,portability --inline-suppr -q -j "$(nproc)" \
    --suppress=readdirCalled --suppress="*:$1/generated/*" --error-exitcode=1 \
    --template='{file}:{line}: {severity}: {message} [{id}]'
