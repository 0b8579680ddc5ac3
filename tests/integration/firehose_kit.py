"""What the tests of Firehose share: fixtures, and calls that say only what a test is about."""

import botocore.exceptions
import pytest

ROLE = "arn:aws:iam::000000000000:role/delivery"
BUCKET_ARN = "arn:aws:s3:::bucket"
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:f"
MIB = 1024 * 1024


@pytest.fixture
def firehose(client):
    return client("firehose")


@pytest.fixture
def s3(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    return s3


def processor(kind, **parameters):
    return {
        "Type": kind,
        "Parameters": [
            {"ParameterName": n, "ParameterValue": v} for n, v in parameters.items()
        ],
    }


def processing(*processors):
    return {"ProcessingConfiguration": {"Enabled": True, "Processors": list(processors)}}


def with_lambda(**parameters):
    return processing(processor("Lambda", **{"LambdaArn": LAMBDA, **parameters}))


def create(firehose, name="s", **members):
    return firehose.create_delivery_stream(
        DeliveryStreamName=name,
        ExtendedS3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": BUCKET_ARN, **members},
    )


def describe(firehose, name="s"):
    answer = firehose.describe_delivery_stream(DeliveryStreamName=name)
    return answer["DeliveryStreamDescription"]


def destination(firehose, name="s"):
    [target] = describe(firehose, name)["Destinations"]
    return target["ExtendedS3DestinationDescription"]


def update(firehose, name="s", **members):
    return firehose.update_destination(
        DeliveryStreamName=name,
        CurrentDeliveryStreamVersionId=describe(firehose, name)["VersionId"],
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate=members,
    )


def put(firehose, *data, name="s"):
    answer = firehose.put_record_batch(
        DeliveryStreamName=name, Records=[{"Data": item} for item in data]
    )
    assert answer["FailedPutCount"] == 0
    return answer


def objects(s3, bucket="bucket"):
    """Keys and bodies in the order of the keys."""
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        item["Key"]: s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
        for item in listed
    }


def fails(function, *arguments, **named):
    """(code, message) of the error a call ends with; the status is 400."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        function(*arguments, **named)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return response["Error"]["Code"], response["Error"]["Message"]


def refused(function, *arguments, **named):
    """The message of the InvalidArgumentException a call ends with."""
    code, message = fails(function, *arguments, **named)
    assert code == "InvalidArgumentException"
    return message
