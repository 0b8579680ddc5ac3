#!/bin/sh
# slim-rootfs.sh ROOT -- put under ROOT the daemon, the libraries it is linked with, and the data they
# read: nothing that could be run besides it.
set -eu
root=$1

take() {
    mkdir -p "$root$(dirname "$1")"
    cp -L "$1" "$root$1"
}

take /usr/bin/hydrant
take /etc/hydrant/hydrant.conf
take /etc/ssl/certs/ca-certificates.crt
ldd /usr/bin/hydrant | grep -o '/[^ ]*' | sort -u | while read -r library; do
    take "$library"
done
mkdir -p "$root/usr/share" "$root/etc/hydrant/init" "$root/etc/localstack/init"
cp -r /usr/share/zoneinfo "$root/usr/share/"
rm -rf "$root/usr/share/zoneinfo/right" "$root/usr/share/zoneinfo/posix"
grep '^hydrant:' /etc/passwd >"$root/etc/passwd"
grep '^hydrant:' /etc/group >"$root/etc/group"
install -d -m 1777 "$root/tmp"
install -d -o hydrant -g hydrant "$root/var/lib/hydrant"
