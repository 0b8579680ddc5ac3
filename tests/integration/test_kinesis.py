"""Kinesis Data Streams: streams, records, iterators, retention and tags, as boto3 and the AWS CLI see them."""

import concurrent.futures
import hashlib
import json

import botocore.exceptions
import pytest

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/s"
SHARD = "shardId-000000000000"
MAX_KEY = 2**128 - 1


@pytest.fixture
def kinesis(client):
    return client("kinesis")


@pytest.fixture
def stream(kinesis):
    kinesis.create_stream(StreamName="s", ShardCount=1)
    return "s"


def now_of(hydrant):
    return hydrant.admin("GET", "/_hydrant/clock")[1]["now_ms"]


def refused(call, **arguments):
    """(code, message) of a call that has to fail with status 400."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    return answer["Error"]["Code"], answer["Error"]["Message"]


def put(kinesis, *data, key="k"):
    records = [{"Data": item, "PartitionKey": key} for item in data]
    answer = kinesis.put_records(StreamName="s", Records=records)
    assert answer["FailedRecordCount"] == 0
    return [record["SequenceNumber"] for record in answer["Records"]]


def iterator(kinesis, kind="TRIM_HORIZON", shard=SHARD, **members):
    answer = kinesis.get_shard_iterator(
        StreamName="s", ShardId=shard, ShardIteratorType=kind, **members
    )
    return answer["ShardIterator"]


def read(kinesis, at, **members):
    return kinesis.get_records(ShardIterator=at, **members)


def data(answer):
    return [record["Data"] for record in answer["Records"]]


NO_STREAM = ("ResourceNotFoundException", "Stream s under account 000000000000 not found.")


# ---- streams --------------------------------------------------------------------------------


def test_a_new_stream_is_described_with_its_defaults_and_shards(hydrant, kinesis):
    kinesis.create_stream(StreamName="s", ShardCount=2)
    found = kinesis.describe_stream(StreamName="s")["StreamDescription"]
    assert found.pop("StreamCreationTimestamp").timestamp() * 1000 == pytest.approx(now_of(hydrant), abs=60_000)
    shards = found.pop("Shards")
    assert found == {
        "StreamName": "s",
        "StreamARN": ARN,
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED"},
        "RetentionPeriodHours": 24,
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
        "HasMoreShards": False,
    }
    assert [shard["ShardId"] for shard in shards] == [SHARD, "shardId-000000000001"]
    assert [shard["HashKeyRange"] for shard in shards] == [
        {"StartingHashKey": "0", "EndingHashKey": str(2**127 - 1)},
        {"StartingHashKey": str(2**127), "EndingHashKey": str(MAX_KEY)},
    ]
    for shard in shards:
        assert len(shard["SequenceNumberRange"]["StartingSequenceNumber"]) == 56


def test_a_stream_on_demand_begins_with_four_shards(kinesis):
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    found = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]
    assert found["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert (found["OpenShardCount"], found["ConsumerCount"]) == (4, 0)
    limits = kinesis.describe_limits()
    assert (limits["OpenShardCount"], limits["OnDemandStreamCount"]) == (4, 1)


def test_a_stream_may_be_named_by_its_arn(kinesis, stream):
    assert kinesis.describe_stream(StreamARN=ARN)["StreamDescription"]["StreamName"] == "s"
    kinesis.put_record(StreamARN=ARN, Data=b"a", PartitionKey="k")
    assert data(read(kinesis, iterator(kinesis))) == [b"a"]
    code, _ = refused(kinesis.describe_stream, StreamARN=ARN.replace("us-east-1", "eu-west-1"))
    assert code == "ResourceNotFoundException"
    assert refused(kinesis.describe_stream)[0] == "InvalidArgumentException"


def test_a_name_is_taken_until_its_stream_is_deleted(kinesis, stream):
    expected = ("ResourceInUseException", "Stream s under account 000000000000 already exists.")
    assert refused(kinesis.create_stream, StreamName="s", ShardCount=1) == expected
    old = iterator(kinesis)
    put(kinesis, b"old")
    kinesis.delete_stream(StreamName="s")
    assert refused(kinesis.describe_stream, StreamName="s") == NO_STREAM
    assert refused(kinesis.delete_stream, StreamName="s") == NO_STREAM
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert data(read(kinesis, iterator(kinesis))) == []
    assert refused(kinesis.get_records, ShardIterator=old)[0] == "ResourceNotFoundException"


def test_streams_belong_to_one_account_and_region(client, kinesis, stream):
    for other in (client("kinesis", region="eu-west-1"), client("kinesis", key="111122223333")):
        assert other.list_streams()["StreamNames"] == []
        assert refused(other.describe_stream, StreamName="s")[0] == "ResourceNotFoundException"
    mine = iterator(kinesis)
    stranger = client("kinesis", key="111122223333")
    assert refused(stranger.get_records, ShardIterator=mine)[0] == "ResourceNotFoundException"


def test_streams_are_listed_in_pages_sorted_by_name(kinesis):
    for name in ("b", "c", "a"):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    page = kinesis.list_streams(Limit=2)
    assert (page["StreamNames"], page["HasMoreStreams"]) == (["a", "b"], True)
    assert [summary["StreamName"] for summary in page["StreamSummaries"]] == ["a", "b"]
    rest = kinesis.list_streams(NextToken=page["NextToken"])
    assert (rest["StreamNames"], rest["HasMoreStreams"]) == (["c"], False)
    assert kinesis.list_streams(ExclusiveStartStreamName="b")["StreamNames"] == ["c"]


def test_shards_are_listed_in_pages_whose_token_expires(hydrant, kinesis):
    kinesis.create_stream(StreamName="s", ShardCount=3)
    page = kinesis.list_shards(StreamName="s", MaxResults=2)
    assert [shard["ShardId"][-1] for shard in page["Shards"]] == ["0", "1"]
    rest = kinesis.list_shards(NextToken=page["NextToken"])
    assert [shard["ShardId"][-1] for shard in rest["Shards"]] == ["2"]
    assert "NextToken" not in rest
    later = kinesis.list_shards(StreamName="s", ExclusiveStartShardId=SHARD)
    assert [shard["ShardId"][-1] for shard in later["Shards"]] == ["1", "2"]
    hydrant.advance(301)
    code, _ = refused(kinesis.list_shards, NextToken=page["NextToken"])
    assert code == "ExpiredNextTokenException"


def test_what_is_not_supported_is_refused_by_name(kinesis, stream):
    code, message = refused(
        kinesis.split_shard, StreamName="s", ShardToSplit=SHARD, NewStartingHashKey="1"
    )
    assert code == "UnknownOperationException" and "SplitShard" in message


def test_more_shards_than_the_quota_are_refused(kinesis):
    kinesis.create_stream(StreamName="s", ShardCount=500)
    code, message = refused(kinesis.create_stream, StreamName="t", ShardCount=1)
    assert code == "LimitExceededException" and "Limit: 500." in message


# ---- records --------------------------------------------------------------------------------


def test_records_come_back_in_order_with_ascending_sequence_numbers(hydrant, kinesis, stream):
    one = kinesis.put_record(StreamName="s", Data=b"\x00one", PartitionKey="p1")
    assert one["ShardId"] == SHARD
    numbers = [one["SequenceNumber"], *put(kinesis, b"two", b"")]
    answer = read(kinesis, iterator(kinesis))
    assert [record["SequenceNumber"] for record in answer["Records"]] == numbers
    assert numbers == sorted(numbers, key=int) and {len(n) for n in numbers} == {56}
    assert data(answer) == [b"\x00one", b"two", b""]
    assert [record["PartitionKey"] for record in answer["Records"]] == ["p1", "k", "k"]
    arrived = answer["Records"][0]["ApproximateArrivalTimestamp"].timestamp() * 1000
    assert arrived == pytest.approx(now_of(hydrant), abs=60_000)
    assert answer["MillisBehindLatest"] == 0
    assert data(read(kinesis, answer["NextShardIterator"])) == []


def test_a_record_goes_to_the_shard_that_has_its_hash_key(kinesis):
    kinesis.create_stream(StreamName="s", ShardCount=4)
    for key in ("a", "b", "c", "ö", "x" * 256):
        answer = kinesis.put_record(StreamName="s", Data=b"x", PartitionKey=key)
        hashed = int(hashlib.md5(key.encode()).hexdigest(), 16)
        assert answer["ShardId"] == f"shardId-{hashed * 4 >> 128:012}"
    answer = kinesis.put_record(
        StreamName="s", Data=b"x", PartitionKey="a", ExplicitHashKey=str(MAX_KEY)
    )
    assert answer["ShardId"] == "shardId-000000000003"
    code, message = refused(
        kinesis.put_record, StreamName="s", Data=b"x", PartitionKey="a",
        ExplicitHashKey=str(MAX_KEY + 1),
    )
    assert code == "InvalidArgumentException" and str(MAX_KEY + 1) in message


def test_a_record_holds_a_mebibyte_and_no_more(kinesis, stream):
    kinesis.put_record(StreamName="s", Data=b"x" * 1048576, PartitionKey="k")
    code, message = refused(
        kinesis.put_record, StreamName="s", Data=b"x" * 1048577, PartitionKey="k"
    )
    assert code == "ValidationException"
    assert message.endswith("Member must have length less than or equal to 1048576")
    records = [{"Data": b"y", "PartitionKey": "k"}, {"Data": b"x" * 1048577, "PartitionKey": "k"}]
    code, message = refused(kinesis.put_records, StreamName="s", Records=records)
    assert code == "ValidationException" and "records.2.member.data" in message
    assert len(read(kinesis, iterator(kinesis))["Records"]) == 1


def test_a_call_takes_500_records_and_five_mebibytes(kinesis, stream):
    assert len(set(put(kinesis, *[b"x"] * 500))) == 500
    records = [{"Data": b"x", "PartitionKey": "k"}] * 501
    code, _ = refused(kinesis.put_records, StreamName="s", Records=records)
    assert code == "ValidationException"
    records = [{"Data": b"x" * 1048576, "PartitionKey": "k"}] * 5
    assert refused(kinesis.put_records, StreamName="s", Records=records) == (
        "InvalidArgumentException", "Records size exceeds 5 MB limit",
    )


def test_records_survive_a_kill(hydrant, client, kinesis, stream):
    numbers = put(kinesis, b"a", b"b")
    hydrant.kill()
    hydrant.start()
    kinesis = client("kinesis")
    assert data(read(kinesis, iterator(kinesis))) == [b"a", b"b"]
    assert int(put(kinesis, b"c")[0]) > int(numbers[1])


# ---- reading --------------------------------------------------------------------------------


def test_every_kind_of_iterator_begins_where_it_says(hydrant, kinesis, stream):
    numbers = put(kinesis, b"0", b"1")
    hydrant.advance(10)
    at = now_of(hydrant) / 1000 - 1
    numbers += put(kinesis, b"2")
    latest = iterator(kinesis, "LATEST")
    put(kinesis, b"3")
    expected = {
        iterator(kinesis): b"0123",
        latest: b"3",
        iterator(kinesis, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]): b"123",
        iterator(kinesis, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]): b"23",
        iterator(kinesis, "AT_TIMESTAMP", Timestamp=at): b"23",
        iterator(kinesis, "AT_TIMESTAMP", Timestamp=at - 5): b"23",
        iterator(kinesis, "AT_TIMESTAMP", Timestamp=0): b"0123",
    }
    for token, content in expected.items():
        assert b"".join(data(read(kinesis, token))) == content


def test_pages_are_limited_by_count_and_bytes_and_tell_how_far_behind_they_are(
    hydrant, kinesis, stream
):
    put(kinesis, b"0", b"1", b"2")
    hydrant.advance(7)
    page = read(kinesis, iterator(kinesis), Limit=2)
    assert data(page) == [b"0", b"1"] and 7000 <= page["MillisBehindLatest"] < 60_000
    page = read(kinesis, page["NextShardIterator"], Limit=2)
    assert (data(page), page["MillisBehindLatest"]) == ([b"2"], 0)
    for _ in range(3):
        put(kinesis, *[b"x" * 1000000] * 4)
    page = read(kinesis, page["NextShardIterator"])
    assert len(page["Records"]) == 10 and page["MillisBehindLatest"] > 0  # 10 MiB
    assert len(read(kinesis, page["NextShardIterator"])["Records"]) == 2


def test_a_long_page_holds_every_record_once_and_in_order(kinesis, stream):
    records = [b"%d" % number + b"x" * (number % 7 * 500) for number in range(1503)]
    for start in range(0, len(records), 500):
        put(kinesis, *records[start : start + 500])
    page = read(kinesis, iterator(kinesis))
    assert data(page) == records and page["MillisBehindLatest"] == 0
    for limit in (249, 250, 251, 500, 750):
        page = read(kinesis, iterator(kinesis), Limit=limit)
        assert data(page) == records[:limit] and page["MillisBehindLatest"] > 0
        assert data(read(kinesis, page["NextShardIterator"])) == records[limit:]


def test_other_calls_are_answered_between_the_parts_of_a_long_page(hydrant, kinesis, stream):
    records = [b"%d" % number + b"x" * 1000 for number in range(9000)]
    for start in range(0, len(records), 500):
        put(kinesis, *records[start : start + 500])
    with concurrent.futures.ThreadPoolExecutor() as pool:
        pages = [pool.submit(read, kinesis, iterator(kinesis)) for _ in range(4)]
        while not all(page.done() for page in pages):
            assert hydrant.admin("GET", "/_hydrant/health")[0] == 200
    for page in pages:
        assert data(page.result()) == records


def test_an_iterator_expires_after_five_minutes_of_the_sandbox(hydrant, kinesis, stream):
    first = iterator(kinesis)
    hydrant.advance(240)
    second = read(kinesis, first)["NextShardIterator"]
    hydrant.advance(61)
    code, message = refused(kinesis.get_records, ShardIterator=first)
    assert code == "ExpiredIteratorException" and "300000 milliseconds" in message
    read(kinesis, second)
    assert refused(kinesis.get_records, ShardIterator="AAAA") == (
        "InvalidArgumentException", "Invalid ShardIterator.",
    )


def test_an_iterator_needs_what_its_type_takes(kinesis):
    kinesis.create_stream(StreamName="s", ShardCount=2)
    number = kinesis.put_record(
        StreamName="s", Data=b"x", PartitionKey="k", ExplicitHashKey="0"
    )["SequenceNumber"]
    wrong = [
        {"kind": "AT_SEQUENCE_NUMBER"},
        {"kind": "LATEST", "StartingSequenceNumber": number},
        {"kind": "AT_TIMESTAMP"},
        {"kind": "AT_TIMESTAMP", "Timestamp": 9_000_000_000},
        {"kind": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": "12"},
        {"kind": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": number,
         "shard": "shardId-000000000001"},
    ]
    for arguments in wrong:
        code, _ = refused(lambda **a: iterator(kinesis, **a), **arguments)
        assert code == "InvalidArgumentException", arguments
    for shard in ("shardId-000000000002", "nonsense"):
        code, message = refused(lambda **a: iterator(kinesis, **a), shard=shard)
        assert code == "ResourceNotFoundException" and shard in message
    assert refused(lambda **a: iterator(kinesis, **a), kind="X")[0] == "ValidationException"


# ---- retention ------------------------------------------------------------------------------


def test_records_are_gone_after_the_retention_of_the_sandboxs_clock(hydrant, kinesis, stream):
    number = put(kinesis, b"old")[0]
    hydrant.advance(23 * 3600)
    put(kinesis, b"new")
    assert data(read(kinesis, iterator(kinesis))) == [b"old", b"new"]
    hydrant.advance(2 * 3600)
    assert data(read(kinesis, iterator(kinesis))) == [b"new"]
    at = iterator(kinesis, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=number)
    assert data(read(kinesis, at)) == [b"new"]


def test_the_retention_is_changed_within_its_limits(hydrant, kinesis, stream):
    increase = kinesis.increase_stream_retention_period
    decrease = kinesis.decrease_stream_retention_period
    increase(StreamName="s", RetentionPeriodHours=48)
    found = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]
    assert found["RetentionPeriodHours"] == 48
    put(kinesis, b"old")
    hydrant.advance(30 * 3600)
    assert data(read(kinesis, iterator(kinesis))) == [b"old"]
    for call, hours in ((increase, 30), (decrease, 50), (decrease, 23), (increase, 8761)):
        code, _ = refused(call, StreamName="s", RetentionPeriodHours=hours)
        assert code == "InvalidArgumentException"
    decrease(StreamName="s", RetentionPeriodHours=24)
    assert data(read(kinesis, iterator(kinesis))) == []


# ---- tags -----------------------------------------------------------------------------------


def test_tags_are_added_listed_in_pages_and_removed(kinesis, stream):
    kinesis.add_tags_to_stream(StreamName="s", Tags={"b": "1", "a": "", "c": "3"})
    kinesis.add_tags_to_stream(StreamName="s", Tags={"b": "2"})
    page = kinesis.list_tags_for_stream(StreamName="s", Limit=2)
    assert page["HasMoreTags"] is True
    assert page["Tags"] == [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}]
    page = kinesis.list_tags_for_stream(StreamName="s", ExclusiveStartTagKey="b")
    assert (page["Tags"], page["HasMoreTags"]) == ([{"Key": "c", "Value": "3"}], False)
    kinesis.remove_tags_from_stream(StreamName="s", TagKeys=["a", "c", "nothing"])
    assert kinesis.list_tags_for_stream(StreamName="s")["Tags"] == [{"Key": "b", "Value": "2"}]


def test_no_more_than_fifty_tags_stick_to_a_stream(kinesis, stream):
    kinesis.add_tags_to_stream(StreamName="s", Tags={f"k{n}": "" for n in range(50)})
    code, _ = refused(kinesis.add_tags_to_stream, StreamName="s", Tags={"one more": ""})
    assert code == "InvalidArgumentException"
    assert len(kinesis.list_tags_for_stream(StreamName="s")["Tags"]) == 50
    code, _ = refused(kinesis.add_tags_to_stream, StreamName="s", Tags={"aws:x": ""})
    assert code == "InvalidArgumentException"


# ---- the command line -----------------------------------------------------------------------


def test_the_aws_cli_makes_writes_reads_and_deletes_a_stream(cli):
    cli("kinesis", "create-stream", "--stream-name", "s", "--shard-count", "1")
    cli("kinesis", "wait", "stream-exists", "--stream-name", "s")
    cli("kinesis", "put-record", "--stream-name", "s", "--partition-key", "k", "--data", "aGVsbG8=")
    token = json.loads(cli(
        "kinesis", "get-shard-iterator", "--stream-name", "s", "--shard-id", SHARD,
        "--shard-iterator-type", "TRIM_HORIZON",
    ))["ShardIterator"]
    answer = json.loads(cli("kinesis", "get-records", "--shard-iterator", token))
    assert len(answer["Records"]) == 1
    cli("kinesis", "delete-stream", "--stream-name", "s")
    cli("kinesis", "wait", "stream-not-exists", "--stream-name", "s")
