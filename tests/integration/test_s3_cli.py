"""S3 through the AWS CLI."""

import json
import pathlib

from s3_kit import *  # noqa: F401,F403
from s3_kit import MIB


def test_the_cli_copies_lists_and_removes(cli, folder):
    small, large = pathlib.Path(folder) / "small", pathlib.Path(folder) / "large"
    small.write_bytes(b"hello")
    large.write_bytes(bytes(range(256)) * (20 * MIB // 256))
    cli("s3", "mb", "s3://cli")
    cli("s3", "cp", str(small), "s3://cli/dir/small")
    cli("s3", "cp", str(large), "s3://cli/large")
    assert "PRE dir/" in cli("s3", "ls", "s3://cli")
    assert "20971520 large" in cli("s3", "ls", "s3://cli/", "--recursive")
    cli("s3", "cp", "s3://cli/large", str(folder / "back"))
    assert (folder / "back").read_bytes() == large.read_bytes()
    cli("s3", "mv", "s3://cli/dir/small", "s3://cli/moved")
    assert cli("s3", "cp", "s3://cli/moved", "-") == "hello"
    cli("s3", "rb", "s3://cli", "--force")
    assert cli("s3", "ls") == ""


def test_the_cli_sees_versions_tags_and_settings(cli, folder):
    file = pathlib.Path(folder) / "file"
    cli("s3", "mb", "s3://cli")
    cli("s3api", "put-bucket-versioning", "--bucket", "cli", "--versioning-configuration", "Status=Enabled")
    for text in ("one", "two"):
        file.write_text(text)
        cli("s3api", "put-object", "--bucket", "cli", "--key", "k", "--body", str(file), "--tagging", f"t={text}")
    versions = json.loads(cli("s3api", "list-object-versions", "--bucket", "cli"))["Versions"]
    assert [(v["Key"], v["IsLatest"]) for v in versions] == [("k", True), ("k", False)]
    first = versions[1]["VersionId"]
    tags = json.loads(cli("s3api", "get-object-tagging", "--bucket", "cli", "--key", "k", "--version-id", first))
    assert (tags["TagSet"], tags["VersionId"]) == ([{"Key": "t", "Value": "one"}], first)
    rules = {"Rules": [{"ID": "r", "Filter": {"Prefix": "x"}, "Status": "Enabled", "Expiration": {"Days": 3}}]}
    cli("s3api", "put-bucket-lifecycle-configuration", "--bucket", "cli", "--lifecycle-configuration", json.dumps(rules))
    assert json.loads(cli("s3api", "get-bucket-lifecycle-configuration", "--bucket", "cli"))["Rules"] == rules["Rules"]
    cli("s3", "rm", "s3://cli/k")
    assert cli("s3", "ls", "s3://cli") == ""
