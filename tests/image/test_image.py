"""The images of docker/: started as an engine would, used as a compose file and Testcontainers do."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from container import Container, Root

ROOT = pathlib.Path(__file__).parents[2]
LIKES = [
    (ROOT / "docker/init/ready.d", "/etc/hydrant/init/ready.d"),
    (ROOT / "docker/check", "/check"),
    (ROOT / "fixtures/likes", "/likes"),
]
PUT = """
import boto3
make = lambda name: boto3.client(name, endpoint_url="http://127.0.0.1:4566", region_name="us-east-1",
                                 aws_access_key_id="test", aws_secret_access_key="test")
s3, firehose = make("s3"), make("firehose")
s3.create_bucket(Bucket="bucket")
firehose.create_delivery_stream(DeliveryStreamName="stream", S3DestinationConfiguration={
    "RoleARN": "arn:aws:iam::000000000000:role/r", "BucketARN": "arn:aws:s3:::bucket"})
firehose.put_record(DeliveryStreamName="stream", Record={"Data": b"kept"})
"""
LOOK = """
import boto3
s3 = boto3.client("s3", endpoint_url="http://127.0.0.1:4566", region_name="us-east-1",
                  aws_access_key_id="test", aws_secret_access_key="test")
key, = [o["Key"] for o in s3.list_objects_v2(Bucket="bucket")["Contents"]]
print(s3.get_object(Bucket="bucket", Key=key)["Body"].read().decode(), end="")
"""


def open_image(name):
    folder = pathlib.Path(os.environ["HYDRANT_IMAGES"]) / name
    config = json.loads((folder / "image.json").read_text())["Docker"]["config"]
    assert config["User"] == "hydrant"
    return Root(folder / "root", config, user=4566)


@pytest.fixture(scope="module")
def whole():
    return open_image("whole")


@pytest.fixture(scope="module")
def slim():
    return open_image("slim")


@pytest.fixture(params=["whole", "slim"])
def image(request):
    return request.getfixturevalue(request.param)


def from_outside(container, program):
    """What a client on the host gets: the container's network, our Python."""
    done = subprocess.run(
        ["nsenter", "--target", str(container.first), "--net", sys.executable, "-c", program],
        capture_output=True, text=True, timeout=120, check=False, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_healthy_once_ready_and_stops_when_told(image):
    running = Container(image).wait_for("Ready.")
    assert running.healthy()
    assert running.stop() == 0


def test_it_listens_to_everybody_on_4566_and_not_as_root(image):
    running = Container(image).wait_for("Ready.")
    assert "Listening on http://0.0.0.0:4566" in running.said
    status = pathlib.Path(f"/proc/{running.first}/status").read_text()
    assert "Uid:\t4566\t4566\t4566\t4566" in status
    assert list(image.config["ExposedPorts"]) == ["4566/tcp"]
    assert running.stop() == 0


def test_what_was_acknowledged_is_in_the_volume_of_the_next_container(image, tmp_path):
    volume = tmp_path / "volume"
    volume.mkdir()
    first = Container(image, volume=volume).wait_for("Ready.")
    from_outside(first, PUT)
    os.kill(first.first, 9)
    first.process.wait()
    second = Container(image, volume=volume).wait_for("Ready.")
    done = second.execute("/usr/bin/hydrant", "flush", "stream")
    assert done.returncode == 0, done.stderr
    assert from_outside(second, LOOK) == "kept"
    assert second.stop() == 0


def test_settings_may_follow_the_images_name(whole):
    running = Container(whole, "--port", "4567").wait_for("Listening on http://0.0.0.0:4567")
    running.wait_for("Ready.")
    assert running.stop() == 0


def test_another_program_may_follow_the_images_name(whole):
    running = Container(whole, "hydrant", "version")
    said, _ = running.process.communicate(timeout=30)
    assert running.process.returncode == 0
    assert said.decode().startswith("hydrant ")


def test_the_variables_of_a_localstack_container_work(whole):
    running = Container(whole, environment=["GATEWAY_LISTEN=127.0.0.1:4566", "SERVICES=s3,firehose",
                                            "PERSISTENCE=0", "LS_LOG=info"]).wait_for("Ready.")
    assert "Listening on http://127.0.0.1:4566" in running.said
    assert any("no effect here: SERVICES" in line for line in running.said)
    assert list(running.volume.iterdir()) == []
    assert running.stop() == 0


def test_the_pipeline_of_the_compose_file_is_there_when_it_is_healthy(whole):
    running = Container(whole, mounts=LIKES).wait_for("Ready.")
    assert running.healthy()
    done = running.execute("bash", "/check/check.sh")
    assert done.returncode == 0, done.stdout + done.stderr + "\n".join(running.said)
    assert done.stdout.count("ok: ") == 4
    assert running.stop() == 0


def test_it_is_not_healthy_while_the_scripts_of_its_start_run(whole, tmp_path):
    scripts = tmp_path / "ready.d"
    scripts.mkdir()
    (scripts / "1.sh").write_text("echo begun; while [ ! -e /tmp/go-on ]; do sleep 0.01; done; rm /tmp/go-on\n")
    running = Container(whole, mounts=[(scripts, "/etc/localstack/init/ready.d")])
    running.wait_for("hydrant: info: 1.sh: begun")
    assert not running.healthy()
    running.execute("touch", "/tmp/go-on")
    running.wait_for("Ready.")
    assert running.healthy()
    assert running.stop() == 0


def test_the_start_of_testcontainers_works(whole):
    """Its LocalStack module replaces the entrypoint by a loop that waits for a script of its own."""
    script = whole.root / "testcontainers_start.sh"
    running = Container(
        whole, "-c", f"while [ ! -f /{script.name} ]; do sleep 0.1; done; /{script.name}", entrypoint="sh")
    fresh = script.with_suffix(".new")
    fresh.write_text("#!/bin/bash\nexport LAMBDA_DOCKER_FLAGS='-l a=b'\n/usr/local/bin/docker-entrypoint.sh\n")
    fresh.chmod(0o777)
    fresh.rename(script)
    try:
        running.wait_for("Ready.")
        assert running.healthy()
        running.process.kill()
        running.process.wait()
    finally:
        script.unlink()


def test_the_sizes_of_the_images_are_told(whole, slim, capsys):
    with capsys.disabled():
        print(f"\nroot file systems: whole {whole.megabytes:.0f} MB, slim {slim.megabytes:.1f} MB", end=" ")
    assert slim.megabytes < whole.megabytes / 5
