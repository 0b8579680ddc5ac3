#!/usr/bin/env python3
"""sbom.py PACKAGE.deb -- what the package is made of and needs, as SPDX 2.3 in JSON, on standard output.

Versions are those of the libraries it was built with, as this Debian has them installed. The time is
SOURCE_DATE_EPOCH's where that is set."""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys


def field(package, name):
    return subprocess.run(["dpkg-deb", "-f", package, name], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def installed(name):
    """(version, source) of a package of this system."""
    said = subprocess.run(["dpkg-query", "-W", "-f=${Version}\t${source:Package}", name], check=True,
                          text=True, stdout=subprocess.PIPE).stdout
    return said.split("\t")


def spdx_id(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def describe(name, version, **more):
    return {
        "SPDXID": spdx_id(name),
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        **more,
    }


def library(name):
    version, source = installed(name)
    purl = f"pkg:deb/debian/{name}@{version}?distro=bookworm"
    return describe(name, version, sourceInfo=f"Debian source package {source}", externalRefs=[{
        "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}])


def relation(one, kind, other):
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def main(package):
    digest = hashlib.sha256(pathlib.Path(package).read_bytes()).hexdigest()
    names = [re.split(r"[ (:|]", entry.strip())[0] for entry in field(package, "Depends").split(",")]
    when = datetime.datetime.fromtimestamp(
        int(os.environ.get("SOURCE_DATE_EPOCH") or os.stat(package).st_mtime), datetime.timezone.utc)
    hydrant = describe("hydrant", field(package, "Version"),
                       packageFileName=pathlib.Path(package).name,
                       checksums=[{"algorithm": "SHA256", "checksumValue": digest}])
    built_in = describe("libsnappy", installed("libsnappy-dev")[0],
                        sourceInfo="linked into the program from libsnappy-dev's archive")
    libraries = [library(name) for name in names]
    json.dump({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": pathlib.Path(package).stem,
        "documentNamespace": f"https://spdx.org/spdxdocs/hydrant-{digest}",
        "creationInfo": {"created": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: sbom.py"]},
        "packages": [hydrant, built_in, *libraries],
        "relationships": [
            relation("SPDXRef-DOCUMENT", "DESCRIBES", hydrant["SPDXID"]),
            relation(hydrant["SPDXID"], "STATIC_LINK", built_in["SPDXID"]),
            *(relation(hydrant["SPDXID"], "DEPENDS_ON", one["SPDXID"]) for one in libraries),
        ],
    }, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
