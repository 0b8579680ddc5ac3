"""Delivery streams that read a Kinesis stream: from the shard to the S3 object."""

import hashlib
import os
import pathlib
import random

import botocore.exceptions
import pytest

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
ROLE = "arn:aws:iam::000000000000:role/delivery"
KINESIS_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/k"
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:f"
SOURCE = {"KinesisStreamARN": KINESIS_ARN, "RoleARN": ROLE}
S3 = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::bucket"}


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


class World:
    """A Kinesis stream k with two shards, a bucket, and clients for both and for Firehose."""

    def __init__(self, hydrant, client):
        self.hydrant = hydrant
        self.client = client
        self.connect()

    def connect(self):
        self.kinesis = self.client("kinesis")
        self.firehose = self.client("firehose")
        self.s3 = self.client("s3")

    def create(self, name="f", source=SOURCE, kind="KinesisStreamAsSource", s3=S3, **members):
        if source:
            members["KinesisStreamSourceConfiguration"] = source
        return self.firehose.create_delivery_stream(
            DeliveryStreamName=name, DeliveryStreamType=kind,
            ExtendedS3DestinationConfiguration=s3, **members,
        )

    def describe(self, name="f"):
        answer = self.firehose.describe_delivery_stream(DeliveryStreamName=name)
        return answer["DeliveryStreamDescription"]

    def put(self, *data, key=None):
        """Spread over both shards by their own bytes, unless a key is given."""
        records = [
            {"Data": item, "PartitionKey": key or hashlib.md5(item).hexdigest()} for item in data
        ]
        answer = self.kinesis.put_records(StreamName="k", Records=records)
        assert answer["FailedRecordCount"] == 0
        return answer["Records"]

    def restart(self):
        self.hydrant.kill()
        self.hydrant.start()
        self.connect()

    def delivered(self, *names):
        """All bytes in the bucket, after everything was read and delivered."""
        self.hydrant.advance(2)
        for name in names or ("f",):
            self.hydrant.flush(name)
        keys = [item["Key"] for item in self.s3.list_objects_v2(Bucket="bucket").get("Contents", [])]
        return [self.s3.get_object(Bucket="bucket", Key=key)["Body"].read() for key in keys]


@pytest.fixture
def world(hydrant, client):
    world = World(hydrant, client)
    world.kinesis.create_stream(StreamName="k", ShardCount=2)
    world.s3.create_bucket(Bucket="bucket")
    return world


def lines(bodies):
    return sorted(b"".join(bodies).split())


def refused(call, *arguments, **named):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **named)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


# ---- control plane --------------------------------------------------------------------------


def test_the_source_is_described_and_there_is_no_encryption_block(world):
    world.create()
    found = world.describe()
    source = found["Source"]["KinesisStreamSourceDescription"]
    assert source.pop("DeliveryStartTimestamp") >= found["CreateTimestamp"]
    assert source == SOURCE
    assert found["DeliveryStreamType"] == "KinesisStreamAsSource"
    assert "DeliveryStreamEncryptionConfiguration" not in found
    world.create("direct", source=None, kind="DirectPut")
    assert "Source" not in world.describe("direct")


def test_streams_are_listed_by_their_type(world):
    world.create("b")
    world.create("a", source=None, kind="DirectPut")
    names = world.firehose.list_delivery_streams
    assert names()["DeliveryStreamNames"] == ["a", "b"]
    assert names(DeliveryStreamType="DirectPut")["DeliveryStreamNames"] == ["a"]
    assert names(DeliveryStreamType="KinesisStreamAsSource")["DeliveryStreamNames"] == ["b"]
    assert names(DeliveryStreamType="MSKAsSource")["DeliveryStreamNames"] == []


def test_nothing_can_be_put_to_a_stream_with_a_source(world):
    world.create()
    expected = (
        "InvalidArgumentException",
        "This operation is not permitted on KinesisStreamAsSource delivery stream type.",
    )
    record = {"Data": b"x"}
    put, batch = world.firehose.put_record, world.firehose.put_record_batch
    assert refused(put, DeliveryStreamName="f", Record=record) == expected
    assert refused(batch, DeliveryStreamName="f", Records=[record]) == expected


def test_a_stream_with_a_source_cannot_be_encrypted(world):
    world.create()
    for call in ("start_delivery_stream_encryption", "stop_delivery_stream_encryption"):
        code, _ = refused(getattr(world.firehose, call), DeliveryStreamName="f")
        assert code == "InvalidArgumentException"


def test_a_deleted_stream_reads_no_more_and_another_may_take_its_name(world):
    world.create()
    world.put(b"lost\n")
    world.firehose.delete_delivery_stream(DeliveryStreamName="f")
    world.hydrant.advance(600)
    world.create()
    world.put(b"read\n")
    assert lines(world.delivered()) == [b"read"]


def test_type_and_source_have_to_fit_together(world):
    assert refused(world.create, kind="DirectPut") == (
        "InvalidArgumentException",
        "KinesisSourceStreamConfig is only applicable for KinesisStreamAsSource stream type",
    )
    assert refused(world.create, source=None)[0] == "InvalidArgumentException"
    encryption = {"DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"}}
    assert refused(world.create, **encryption)[0] == "InvalidArgumentException"
    missing = {**SOURCE, "KinesisStreamARN": KINESIS_ARN + "x"}
    code, message = refused(world.create, source=missing)
    assert code == "InvalidArgumentException" and "kx" in message
    assert world.firehose.list_delivery_streams()["DeliveryStreamNames"] == []


# ---- reading --------------------------------------------------------------------------------


def test_records_of_all_shards_arrive_from_the_moment_the_stream_is_active(world):
    world.put(b"before\n")
    world.create()
    assert {record["ShardId"][-1] for record in world.put(*[b"%d\n" % n for n in range(40)])} == {
        "0", "1",
    }
    assert lines(world.delivered()) == sorted(b"%d" % n for n in range(40))


def test_records_stay_in_the_kinesis_stream_and_feed_several_delivery_streams(world):
    world.create("one", s3={**S3, "Prefix": "one/"})
    world.create("two", s3={**S3, "Prefix": "two/"})
    world.put(b"x\n")
    assert world.delivered("one", "two") == [b"x\n", b"x\n"]
    token = world.kinesis.get_shard_iterator(
        StreamName="k", ShardId=world.put(b"y\n")[0]["ShardId"], ShardIteratorType="LATEST"
    )["ShardIterator"]
    assert world.kinesis.get_records(ShardIterator=token)["Records"] == []


def test_a_shard_is_read_within_a_second_and_no_timer_runs_when_nothing_is_unread(world):
    world.create()
    world.hydrant.advance(2)
    assert world.hydrant.advance(3600)["timers_run"] == 0
    world.put(b"x\n", key="k")
    assert world.hydrant.advance(1)["timers_run"] <= 1
    assert world.hydrant.flush("f")["delivered_records"] == 1
    assert world.hydrant.advance(3600)["timers_run"] == 0


def test_what_was_unread_when_the_daemon_died_is_read_after_its_start(world):
    world.create()
    world.put(b"read\n")
    world.hydrant.advance(2)
    world.put(b"unread\n")
    world.restart()
    assert lines(world.delivered()) == [b"read", b"unread"]


def test_nothing_is_lost_or_read_twice_over_kills_at_any_moment(world):
    chance = random.Random(7)
    world.create(s3={**S3, "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60}})
    expected = []
    for round in range(12):
        for _ in range(chance.randrange(1, 5)):
            batch = [b"%d.%d\n" % (round, len(expected) + n) for n in range(chance.randrange(1, 60))]
            world.put(*batch)
            expected += batch
        if chance.random() < 0.5:
            world.hydrant.advance(chance.choice((1, 1, 61)))
        world.restart()
    assert lines(world.delivered()) == sorted(line.strip() for line in expected)


def test_a_stream_made_anew_under_its_name_is_read_from_its_first_record(world):
    world.create()
    world.put(b"old\n")
    world.hydrant.advance(2)
    world.kinesis.delete_stream(StreamName="k")
    world.kinesis.create_stream(StreamName="k", ShardCount=1)
    world.put(b"new\n")
    assert lines(world.delivered()) == [b"new", b"old"]


def test_megabytes_are_read_in_portions(world):
    world.create()
    chunk = bytes(range(256)) * 4000
    for n in range(6):
        world.put(*[b"%d" % n + chunk] * 4, key="k")
    assert sum(map(len, world.delivered())) == 24 * (len(chunk) + 1)


# ---- the transform --------------------------------------------------------------------------

WITH_LAMBDA = {
    **S3,
    "ProcessingConfiguration": {
        "Enabled": True,
        "Processors": [{
            "Type": "Lambda",
            "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": LAMBDA}],
        }],
    },
}


def test_a_c_transform_is_told_where_its_records_come_from(world):
    world.create(s3=WITH_LAMBDA)
    one = world.kinesis.put_record(StreamName="k", Data=b"origin", PartitionKey="my key")
    two = world.kinesis.put_record(StreamName="k", Data=b"origin", PartitionKey="ä")
    expected = sorted(
        f"{put['ShardId']} {put['SequenceNumber']} {key}"
        for put, key in ((one, "my key"), (two, "ä"))
    )
    assert sorted(b"".join(world.delivered()).decode().splitlines()) == expected


# ---- aggregated records ---------------------------------------------------------------------


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def aggregate(*pairs):
    """As the Kinesis Producer Library packs (partition key, data) pairs into one record."""
    keys = sorted({key for key, _ in pairs})
    message = b"".join(field(1, key) for key in keys)
    for key, data in pairs:
        message += field(3, field(1, keys.index(key)) + field(3, data))
    return b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message).digest()


def test_aggregated_records_are_taken_apart(world):
    world.create()
    world.put(aggregate((b"a", b"1\n"), (b"b", b"2\n"), (b"a", b"3\n")), b"plain\n", key="k")
    assert b"".join(world.delivered()) == b"1\n2\n3\nplain\n"


def test_a_transform_sees_the_key_of_each_aggregated_record(world):
    world.create(s3=WITH_LAMBDA)
    world.put(aggregate((b"a", b"origin"), (b"b", b"origin")), key="outer")
    told = b"".join(world.delivered()).decode().splitlines()
    assert [line.rsplit(" ", 1)[1] for line in told] == ["a", "b"]
    assert len({line.rsplit(" ", 1)[0] for line in told}) == 1


def test_what_only_looks_aggregated_is_delivered_as_it_is(world):
    world.create()
    whole = aggregate((b"a", b"1\n"))
    broken = whole[:-1] + bytes([whole[-1] ^ 1])
    world.put(broken, key="k")
    assert b"".join(world.delivered()) == broken
