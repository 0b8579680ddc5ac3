"""What lasts: CREATING, DELETING, and the states of server-side encryption."""

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import create, describe, fails, objects, put, refused, update

KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
CUSTOMERS = {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": KEY}


@pytest.fixture
def arguments():
    return ("--stream-create-time", "10s", "--stream-delete-time", "20s",
            "--stream-encrypt-time", "30s")


@pytest.fixture
def stream(firehose, hydrant):
    create(firehose)
    hydrant.advance(10)


def state(firehose):
    return describe(firehose)["DeliveryStreamStatus"]


def encryption(firehose):
    return describe(firehose)["DeliveryStreamEncryptionConfiguration"]


def start(firehose, **configuration):
    members = {"DeliveryStreamEncryptionConfigurationInput": configuration} if configuration else {}
    return firehose.start_delivery_stream_encryption(DeliveryStreamName="s", **members)


def stop(firehose):
    return firehose.stop_delivery_stream_encryption(DeliveryStreamName="s")


def delete(firehose):
    return firehose.delete_delivery_stream(DeliveryStreamName="s")


def test_a_deleted_stream_is_deleting_and_then_gone(firehose, hydrant, stream):
    delete(firehose)
    assert state(firehose) == "DELETING"
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == ["s"]
    hydrant.advance(19)
    assert state(firehose) == "DELETING"
    hydrant.advance(1)
    assert fails(describe, firehose) == (
        "ResourceNotFoundException", "Firehose s under account 000000000000 not found.")
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []


def test_deleting_twice_is_no_error_and_no_longer_wait(firehose, hydrant, stream):
    delete(firehose)
    hydrant.advance(10)
    delete(firehose)
    hydrant.advance(10)
    create(firehose)


def test_a_name_is_taken_until_its_stream_is_gone(firehose, hydrant, stream):
    delete(firehose)
    assert fails(create, firehose) == (
        "ResourceInUseException", "Firehose s under accountId 000000000000 already exists")


def test_a_stream_that_is_deleting_cannot_be_updated(firehose, stream):
    delete(firehose)
    assert fails(update, firehose, Prefix="p") == (
        "ResourceInUseException", "Cannot update firehose: s when it is in DELETING status")


def test_buffered_records_are_discarded_with_the_stream(firehose, s3, hydrant, stream):
    put(firehose, b"gone")
    delete(firehose)
    hydrant.advance(600)
    create(firehose)
    hydrant.advance(600)
    assert objects(s3) == {}


def test_deleting_goes_on_after_a_restart(firehose, client, hydrant, stream):
    delete(firehose)
    hydrant.kill()
    hydrant.start()
    firehose = client("firehose")
    assert state(firehose) == "DELETING"
    hydrant.advance(30)
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []


def test_a_new_stream_is_not_encrypted(firehose, stream):
    assert encryption(firehose) == {"Status": "DISABLED"}
    answer = firehose.put_record(DeliveryStreamName="s", Record={"Data": b"x"})
    assert answer["Encrypted"] is False


def test_encryption_is_enabling_and_then_enabled(firehose, s3, hydrant, stream):
    start(firehose)
    assert encryption(firehose) == {"KeyType": "AWS_OWNED_CMK", "Status": "ENABLING"}
    assert firehose.put_record(DeliveryStreamName="s", Record={"Data": b"a"})["Encrypted"] is False
    hydrant.advance(30)
    assert encryption(firehose) == {"KeyType": "AWS_OWNED_CMK", "Status": "ENABLED"}
    assert firehose.put_record(DeliveryStreamName="s", Record={"Data": b"b"})["Encrypted"] is True
    assert put(firehose, b"c", b"d")["Encrypted"] is True
    hydrant.advance(300)
    assert list(objects(s3).values()) == [b"abcd"]


def test_encryption_is_disabling_and_then_disabled(firehose, hydrant, stream):
    start(firehose)
    hydrant.advance(30)
    stop(firehose)
    assert encryption(firehose)["Status"] == "DISABLING"
    hydrant.advance(30)
    assert encryption(firehose) == {"Status": "DISABLED"}
    assert put(firehose, b"x")["Encrypted"] is False


def test_the_key_may_be_changed(firehose, hydrant, stream):
    start(firehose)
    hydrant.advance(30)
    start(firehose, **CUSTOMERS)
    hydrant.advance(30)
    assert encryption(firehose) == {**CUSTOMERS, "Status": "ENABLED"}


@pytest.mark.parametrize("change", [start, stop])
def test_one_change_of_the_encryption_at_a_time(firehose, stream, change):
    start(firehose)
    code, message = fails(change, firehose)
    assert code == "ResourceInUseException"
    assert "ENABLING" in message


def test_a_stream_that_is_not_active_keeps_its_encryption(firehose):
    create(firehose)
    assert fails(start, firehose)[0] == "ResourceInUseException"


def test_a_stream_may_be_encrypted_from_the_start(firehose, hydrant):
    firehose.create_delivery_stream(
        DeliveryStreamName="s",
        DeliveryStreamEncryptionConfigurationInput=CUSTOMERS,
        S3DestinationConfiguration={
            "RoleARN": "arn:aws:iam::000000000000:role/r", "BucketARN": "arn:aws:s3:::bucket",
        },
    )
    hydrant.advance(10)
    assert encryption(firehose) == {**CUSTOMERS, "Status": "ENABLED"}
    assert put(firehose, b"x")["Encrypted"] is True


@pytest.mark.parametrize("configuration", [
    {"KeyType": "CUSTOMER_MANAGED_CMK"}, {"KeyType": "AWS_OWNED_CMK", "KeyARN": KEY},
])
def test_a_key_goes_with_the_customers_type_only(firehose, stream, configuration):
    assert "KeyARN" in refused(start, firehose, **configuration)


def test_25_changes_in_24_hours(firehose, hydrant, stream):
    for n in range(25):
        start(firehose) if n % 2 == 0 else stop(firehose)
        hydrant.advance(30)
    assert fails(stop, firehose)[0] == "LimitExceededException"
    hydrant.advance(24 * 3600)
    stop(firehose)


def test_an_unknown_stream_has_no_encryption(firehose):
    assert fails(start, firehose)[0] == "ResourceNotFoundException"
    assert fails(stop, firehose)[0] == "ResourceNotFoundException"
