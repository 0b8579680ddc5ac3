"""Fixtures: a fresh daemon per test, boto3 clients for it, and both generations of the AWS CLI."""

import os
import shutil
import subprocess
import sys
import tempfile
import pathlib

import boto3
import botocore.config
import pytest

from daemon import Daemon

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_PAGER": "",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def in_memory():
    """/dev/shm where it can be written and, as containers often forbid, code be loaded from it."""
    path = "/dev/shm"
    usable = os.access(path, os.W_OK) and not os.statvfs(path).f_flag & os.ST_NOEXEC
    return path if usable else None


@pytest.fixture
def folder():
    """A temporary folder, in memory where the machine has it."""
    path = tempfile.mkdtemp(prefix="hydrant-test-", dir=in_memory())
    yield pathlib.Path(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def arguments():
    """Further arguments of `hydrant serve`; a test module may override this fixture."""
    return ()


@pytest.fixture
def hydrant(folder, arguments):
    daemon = Daemon(folder, *arguments).start()
    yield daemon
    daemon.stop()


@pytest.fixture
def client(hydrant):
    """client("s3") is a boto3 client of the daemon."""

    def make(service, region="us-east-1", key="test", **config):
        return boto3.client(
            service,
            endpoint_url=hydrant.url,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key="test",
            config=botocore.config.Config(
                retries={"total_max_attempts": 1}, read_timeout=60, **config
            ),
        )

    return make


def cli_commands():
    """The AWS CLIs of this machine: version 1 from pip, version 2 from Debian."""
    found = {}
    v1 = pathlib.Path(sys.executable).parent / "aws"
    if v1.exists():
        found["v1"] = [str(v1)]
    for path in ("/usr/bin/aws", "/usr/local/bin/aws"):
        if pathlib.Path(path).exists():
            found["v2"] = [path]
            break
    return found


class Cli:
    def __init__(self, command, url, folder):
        self.command = command
        self.url = url
        self.folder = folder

    def run(self, *arguments):
        environment = {**os.environ, **CREDENTIALS, "HOME": str(self.folder)}
        return subprocess.run(
            [*self.command, "--endpoint-url", self.url, *arguments],
            env=environment,
            cwd=self.folder,
            capture_output=True,
            timeout=120,
            check=False,
        )

    def __call__(self, *arguments):
        """Standard output of a command that has to succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


@pytest.fixture(params=["v1", "v2"])
def cli(request, hydrant, folder):
    """cli("s3", "ls") with each generation of the AWS CLI."""
    command = cli_commands().get(request.param)
    if command is None:
        pytest.skip(f"no AWS CLI {request.param} on this machine")
    return Cli(command, hydrant.url, folder)
