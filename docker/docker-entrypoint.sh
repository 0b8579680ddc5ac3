#!/bin/bash
# docker-entrypoint.sh [SETTING...] -- the daemon with these settings.
# docker-entrypoint.sh PROGRAM [ARGUMENT...] -- something else in its place.
set -eu
case "${1:-}" in
    '' | -*) exec hydrant serve "$@" ;;
    *) exec "$@" ;;
esac
