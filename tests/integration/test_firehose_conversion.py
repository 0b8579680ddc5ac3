"""DataFormatConversionConfiguration: AWS's checks, in AWS's order; then it is refused."""

import copy

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import ROLE, create, destination, refused, update

WHOLE = {
    "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
    "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {}}},
    "SchemaConfiguration": {"RoleARN": ROLE, "DatabaseName": "d", "TableName": "t"},
}


def without(*path):
    conversion = copy.deepcopy(WHOLE)
    part = conversion
    for name in path[:-1]:
        part = part[name]
    del part[path[-1]]
    return conversion


def also(format, kind, name):
    conversion = copy.deepcopy(WHOLE)
    conversion[format][kind][name] = {}
    return conversion


@pytest.mark.parametrize("conversion, message", [
    (without("InputFormatConfiguration"), "InputFormatConfiguration must not be null"),
    (without("OutputFormatConfiguration"), "OutputFormatConfiguration must not be null"),
    (without("SchemaConfiguration"), "SchemaConfiguration must not be null"),
    (without("InputFormatConfiguration", "Deserializer"), "Deserializer must not be null"),
    (without("OutputFormatConfiguration", "Serializer"), "Serializer must not be null"),
    (also("InputFormatConfiguration", "Deserializer", "HiveJsonSerDe"),
     "More than one deserializer specified. Only one may be chosen."),
    (also("OutputFormatConfiguration", "Serializer", "OrcSerDe"),
     "More than one serializer specified. Only one may be chosen."),
    (without("SchemaConfiguration", "RoleARN"),
     "SchemaConfiguration.RoleArn must not be null or empty"),
    (without("SchemaConfiguration", "DatabaseName"),
     "SchemaConfiguration.DatabaseName must not be null or empty"),
    (without("SchemaConfiguration", "TableName"),
     "SchemaConfiguration.TableName must not be null or empty"),
    ({}, "InputFormatConfiguration must not be null"),
])
def test_wrong_conversions_have_aws_s_messages(firehose, conversion, message):
    assert refused(create, firehose, DataFormatConversionConfiguration=conversion) == message
    assert refused(create, firehose, name="t",
                   DataFormatConversionConfiguration={**conversion, "Enabled": True}) == message


def test_compression_comes_before_everything_else(firehose):
    assert refused(create, firehose, CompressionFormat="GZIP",
                   BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 60},
                   DataFormatConversionConfiguration={}) == (
        "The S3 destination's compression format must be set to UNCOMPRESSED when data format"
        " conversion is enabled. To enable compression within the converted output format, set"
        " the appropriate serialization option in the output format configuration."
    )


def test_an_explicit_size_is_64_at_least(firehose):
    assert refused(create, firehose, BufferingHints={"SizeInMBs": 63, "IntervalInSeconds": 60},
                   DataFormatConversionConfiguration={}) == (
        "BufferingHints.SizeInMBs must be at least 64 when data format conversion is enabled."
    )


def test_a_conversion_without_fault_is_refused_by_name(firehose):
    message = refused(create, firehose, DataFormatConversionConfiguration=WHOLE)
    assert message.startswith("Hydrant does not support DataFormatConversionConfiguration")


def test_what_is_switched_off_is_kept_and_merged_member_by_member(firehose):
    create(firehose, BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 300},
           DataFormatConversionConfiguration={**WHOLE, "Enabled": False})
    assert destination(firehose)["DataFormatConversionConfiguration"] == {**WHOLE, "Enabled": False}
    schema = {"RoleARN": ROLE, "DatabaseName": "other", "TableName": "t"}
    update(firehose, DataFormatConversionConfiguration={"SchemaConfiguration": schema})
    assert destination(firehose)["DataFormatConversionConfiguration"] == {
        **WHOLE, "SchemaConfiguration": schema, "Enabled": False,
    }
    message = refused(update, firehose, DataFormatConversionConfiguration={"Enabled": True})
    assert message.startswith("Hydrant does not support DataFormatConversionConfiguration")
