"""Tags of delivery streams, in pages."""

from firehose_kit import *  # noqa: F401,F403
from firehose_kit import BUCKET_ARN, ROLE, create, fails

KEYS = [f"k{n:02}" for n in range(50)]


def page(firehose, **members):
    answer = firehose.list_tags_for_delivery_stream(DeliveryStreamName="s", **members)
    return [tag["Key"] for tag in answer["Tags"]], answer["HasMoreTags"]


def test_tags_are_listed_in_pages_behind_an_exclusive_start(firehose):
    create(firehose)
    firehose.tag_delivery_stream(DeliveryStreamName="s", Tags=[{"Key": k} for k in KEYS])
    assert page(firehose) == (KEYS, False)
    assert page(firehose, Limit=20) == (KEYS[:20], True)
    assert page(firehose, Limit=20, ExclusiveStartTagKey="k19") == (KEYS[20:40], True)
    assert page(firehose, Limit=20, ExclusiveStartTagKey="k39") == (KEYS[40:], False)
    assert page(firehose, Limit=10, ExclusiveStartTagKey="k39") == (KEYS[40:], False)
    assert page(firehose, ExclusiveStartTagKey="k49") == ([], False)


def test_a_stream_is_not_created_with_more_than_50_tags_or_bad_ones(firehose):
    for tags in ([{"Key": f"k{n}"} for n in range(51)], [{"Key": "aws:k"}]):
        code, _ = fails(
            firehose.create_delivery_stream, DeliveryStreamName="s", Tags=tags,
            ExtendedS3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": BUCKET_ARN})
        assert code == "ValidationException"
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []
