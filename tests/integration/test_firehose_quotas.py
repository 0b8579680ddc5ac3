"""--quotas=aws: what is put too fast is told to slow down."""

import botocore.exceptions
import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import create, objects, put


@pytest.fixture
def arguments():
    return ("--quotas", "aws")


def put_all(firehose, *data):
    return firehose.put_record_batch(
        DeliveryStreamName="s", Records=[{"Data": item} for item in data]
    )


def test_records_beyond_the_bytes_of_a_second_fail_one_by_one(client, s3, hydrant):
    firehose = client("firehose", region="eu-north-1")  # 1 MiB per second
    create(firehose)
    big = b"x" * (400 * 1024)
    answers = [put_all(firehose, big, big, big, b"y") for _ in range(3)]
    refused = [
        entry for answer in answers for entry in answer["RequestResponses"] if "ErrorCode" in entry
    ]
    assert refused
    for answer in answers:
        entries = answer["RequestResponses"]
        assert len(entries) == 4
        assert answer["FailedPutCount"] == sum("ErrorCode" in entry for entry in entries)
    for entry in refused:
        assert entry == {
            "ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down.",
        }
    hydrant.advance(300)
    delivered = b"".join(objects(s3).values())
    assert len(delivered) == sum(
        len(data)
        for answer in answers
        for data, entry in zip((big, big, big, b"y"), answer["RequestResponses"])
        if "RecordId" in entry
    )


def test_a_single_record_too_many_is_an_error_of_the_call(client, hydrant):
    firehose = client("firehose", region="eu-north-1")
    create(firehose)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        for _ in range(20):
            firehose.put_record(DeliveryStreamName="s", Record={"Data": b"x" * (1000 * 1024)})
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert response["Error"] == {"Code": "ServiceUnavailableException", "Message": "Slow down."}


def test_the_next_second_has_room_again(client, hydrant):
    firehose = client("firehose", region="eu-north-1")
    create(firehose)
    for _ in range(5):
        hydrant.advance(2)
        put(firehose, b"x" * (1000 * 1024))


def test_the_large_regions_take_five_times_as_much(client, hydrant):
    firehose = client("firehose", region="us-east-1")
    create(firehose)
    hydrant.advance(2)
    put(firehose, *[b"x" * 1000 * 1024] * 4)


def test_a_control_operation_may_be_called_five_times_a_second(client, hydrant):
    firehose = client("firehose")
    answers = []
    for _ in range(40):
        try:
            firehose.list_delivery_streams()
            answers.append("ok")
        except botocore.exceptions.ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            assert error.response["Error"] == {
                "Code": "ThrottlingException", "Message": "Rate exceeded"}
            answers.append("throttled")
    assert answers[:5] == ["ok"] * 5
    assert "throttled" in answers
    client("firehose", region="eu-west-1").list_delivery_streams()
    client("firehose", key="111122223333").list_delivery_streams()
    create(firehose)
    hydrant.advance(1)
    firehose.list_delivery_streams()


def call(operation, **members):
    """The code of the error the call ended with; None when it did not."""
    try:
        operation(**members)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return None


def test_every_control_operation_has_a_rate_of_its_own(client, hydrant):
    firehose = client("firehose")
    create(firehose)
    named = {"DeliveryStreamName": "s"}
    update = {"CurrentDeliveryStreamVersionId": "1", "DestinationId": "destinationId-000000000001",
              "ExtendedS3DestinationUpdate": {}}
    for operation, members in (
        (firehose.create_delivery_stream, {}),  # exists: an error that counts, too
        (firehose.describe_delivery_stream, {}),
        (firehose.update_destination, update),
        (firehose.tag_delivery_stream, {"Tags": [{"Key": "a"}]}),
        (firehose.list_tags_for_delivery_stream, {}),
        (firehose.untag_delivery_stream, {"TagKeys": ["a"]}),
        (firehose.start_delivery_stream_encryption, {}),
        (firehose.stop_delivery_stream_encryption, {}),
        (firehose.delete_delivery_stream, {}),
    ):
        hydrant.advance(1)
        codes = [call(operation, **named, **members) for _ in range(40)]
        assert "ThrottlingException" not in codes[:4], operation
        assert "ThrottlingException" in codes, operation
        assert call(firehose.list_delivery_streams) is None


def test_putting_takes_nothing_from_the_rates_of_control_operations(client, hydrant):
    firehose = client("firehose", region="us-east-1")
    create(firehose)
    for _ in range(40):
        put(firehose, b"x")
    assert call(firehose.describe_delivery_stream, DeliveryStreamName="s") is None
