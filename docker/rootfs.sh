#!/bin/sh
# rootfs.sh SOURCE ROOT -- build a release, and put under ROOT the program, the image's own files, and a
# Python with the clients of AWS (newer than Debian's, which do not know AWS_ENDPOINT_URL).
set -eu
cd "$1"
cmake --preset release
cmake --build --preset release --target hydrant papers
for part in program image; do
    DESTDIR=$2 cmake --install build/release --prefix /usr --component "$part" --strip
done

python3 -m venv /opt/aws
/opt/aws/bin/pip install --quiet --disable-pip-version-check --no-cache-dir -r docker/requirements.txt
/opt/aws/bin/pip uninstall --quiet --yes --disable-pip-version-check setuptools pip
mkdir -p "$2/opt" "$2/usr/local/bin"
cp -a /opt/aws "$2/opt/"
ln -s /opt/aws/bin/aws "$2/usr/local/bin/aws"
