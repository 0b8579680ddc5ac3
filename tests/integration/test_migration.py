"""Data that an earlier version wrote goes on in this one."""

import os
import pathlib
import sqlite3

import boto3
import pytest

from daemon import Daemon
from firehose_kit import create, objects, put, with_lambda

SCHEMA = pathlib.Path(__file__).parents[2] / "storage/schema"
LANES_STEP = 9  # the one that gave chunks of records new ids
LOG_FILTERS_STEP = 16  # the one that brought filters of log groups
S3_VERSIONS_STEP = 17  # the one that brought versions of objects


def client_of(daemon, service):
    return boto3.client(service, endpoint_url=daemon.url, region_name="us-east-1",
                        aws_access_key_id="test", aws_secret_access_key="test")


def columns(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def old_chunk_id(new_id):
    """(stream << 10 | lane) << 32 | sequence was (stream << 2 | stage) << 40 | sequence."""
    stream, lane, sequence = new_id >> 42, new_id >> 32 & 1023, new_id & 0xFFFFFFFF
    assert lane < 4
    return (stream << 2 | lane) << 40 | sequence


def write_as(step, path):
    """The same data as a daemon with the first `step` steps of the schema would have left it."""
    now = sqlite3.connect(path)
    now.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    old = sqlite3.connect(path.with_suffix(".old"))
    for pragma in ("application_id", "page_size"):
        [value] = now.execute(f"PRAGMA {pragma}").fetchone()
        old.execute(f"PRAGMA {pragma} = {value}")
    for file in sorted(SCHEMA.glob("*.sql")):
        if int(file.name[:3]) <= step:
            old.executescript(file.read_text())
    tables = [name for [name] in old.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    for table in tables:
        common = [name for name in columns(old, table) if name in columns(now, table)]
        names, marks = ", ".join(common), ", ".join("?" * len(common))
        rows = now.execute(f"SELECT {names} FROM {table}").fetchall()
        old.execute(f"DELETE FROM {table}")
        old.executemany(f"INSERT INTO {table}({names}) VALUES({marks})", rows)
    for [new_id] in now.execute("SELECT id FROM record_chunk").fetchall() if step < LANES_STEP else []:
        old.execute("UPDATE record_chunk SET id = ? WHERE id = ?", (old_chunk_id(new_id), new_id))
    old.execute(f"PRAGMA user_version = {step}")
    old.commit()
    old.close()
    now.close()
    for left in path.parent.glob(path.name + "*"):
        left.unlink()
    path.with_suffix(".old").rename(path)


@pytest.fixture
def daemon(folder):
    plugin = pathlib.Path(os.environ["PLUGINS"]) / "plugin_by_word.so"
    daemon = Daemon(folder, "--function", f"f={plugin}").start()
    yield daemon
    daemon.stop()


def test_records_buffered_before_the_partitions_came_are_delivered_once(daemon):
    firehose, s3 = client_of(daemon, "firehose"), client_of(daemon, "s3")
    s3.create_bucket(Bucket="bucket")
    create(firehose, "plain", Prefix="plain/")
    create(firehose, "both", Prefix="both/", **with_lambda())
    s3.put_object(Bucket="bucket", Key="object", Body=b"kept")
    put(firehose, b"upper", b"fail", name="both")
    daemon.advance(61)  # some wait behind the function, the failed one for its own buffer
    put(firehose, b"new", name="both")
    for _ in range(3):
        put(firehose, b"x" * 999000, name="plain")
    daemon.kill()
    write_as(LANES_STEP - 1, daemon.data / "main/hydrant.db")

    daemon.start()
    firehose, s3 = client_of(daemon, "firehose"), client_of(daemon, "s3")
    put(firehose, b"y", name="plain")
    daemon.advance(600)
    found = objects(s3)
    by_folder = {}
    for key, body in found.items():
        by_folder.setdefault("/".join(key.split("/")[:2]) if "processing-failed" in key
                             else key.split("/")[0], []).append(body)
    assert b"".join(by_folder["plain"]) == b"x" * 2997000 + b"y"
    assert sorted(b"".join(by_folder["both"]).decode()) == sorted("UPPERnew")
    [failed] = by_folder["both/processing-failed"]
    assert failed.count(b"\n") == 1 and b'"rawData":"ZmFpbA=="' in failed
    assert by_folder["object"] == [b"kept"]


def test_log_groups_from_before_filters_came_keep_their_events_and_get_filters(daemon):
    logs = client_of(daemon, "logs")
    now = daemon.admin("GET", "/_hydrant/clock")[1]["now_ms"]
    group = {"logGroupName": "g"}
    logs.create_log_group(**group)
    logs.create_log_stream(**group, logStreamName="s")
    logs.put_retention_policy(**group, retentionInDays=1)
    old = [{"timestamp": now - 3_600_000, "message": "old"}]
    logs.put_log_events(**group, logStreamName="s", logEvents=old)
    daemon.kill()
    write_as(LOG_FILTERS_STEP - 1, daemon.data / "main/hydrant.db")

    daemon.start()
    logs, cloudwatch = client_of(daemon, "logs"), client_of(daemon, "cloudwatch")
    logs.put_metric_filter(**group, filterName="f", filterPattern="", metricTransformations=[
        {"metricName": "m", "metricNamespace": "ns", "metricValue": "1"}])
    new = [{"timestamp": now, "message": "new"}]
    logs.put_log_events(**group, logStreamName="s", logEvents=new)
    daemon.advance(1)
    assert [m["MetricName"] for m in cloudwatch.list_metrics(Namespace="ns")["Metrics"]] == ["m"]
    events = logs.filter_log_events(**group)["events"]
    assert [event["message"] for event in events] == ["old", "new"]
    daemon.advance(23 * 3600)
    events = logs.filter_log_events(**group)["events"]
    assert [event["message"] for event in events] == ["new"]
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] == 3 + 26


def test_objects_from_before_versions_came_are_null_versions(daemon):
    s3 = client_of(daemon, "s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="large", Body=b"l" * 50000, Metadata={"m": "1"})
    s3.put_object(Bucket="bucket", Key="small", Body=b"s")
    upload = s3.create_multipart_upload(Bucket="bucket", Key="parts")["UploadId"]
    part = s3.upload_part(Bucket="bucket", Key="parts", UploadId=upload, PartNumber=1, Body=b"p" * 50000)
    daemon.kill()
    write_as(S3_VERSIONS_STEP - 1, daemon.data / "main/hydrant.db")

    daemon.start()
    s3 = client_of(daemon, "s3")
    s3.complete_multipart_upload(Bucket="bucket", Key="parts", UploadId=upload,
                                 MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="bucket", Key="large", Body=b"new")
    old = s3.get_object(Bucket="bucket", Key="large", VersionId="null")
    assert (old["Body"].read(), old["Metadata"]) == (b"l" * 50000, {"m": "1"})
    assert objects(s3) == {"large": b"new", "small": b"s", "parts": b"p" * 50000}
    for version in s3.list_object_versions(Bucket="bucket")["Versions"]:
        s3.delete_object(Bucket="bucket", Key=version["Key"], VersionId=version["VersionId"])
    daemon.stop()
    daemon.start()
    assert [p for p in (daemon.data / "main/blobs").rglob("*") if len(p.name) == 32] == []
