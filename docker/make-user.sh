#!/bin/sh
# make-user.sh -- the user the daemon runs as in a container, and its folder.
set -eu
groupadd --gid 4566 hydrant
useradd --uid 4566 --gid 4566 --home-dir /var/lib/hydrant --no-create-home --shell /bin/bash hydrant
install -d -o hydrant -g hydrant /var/lib/hydrant
