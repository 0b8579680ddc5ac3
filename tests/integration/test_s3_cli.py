"""S3 through the AWS CLI."""

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
