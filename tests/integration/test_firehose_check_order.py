"""Which of several faults is told: the order of the checks of a configuration."""

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import LAMBDA, create, processing, refused

DUPLICATE = "Duplicate ProcessorParameter passed to ProcessingConfiguration."
TWO = "Cannot have more than 1 Lambda processor."
MISSING = "LambdaArn is required when Lambda processor is used."
WRONG = "Invalid lambda ARN."
HINTS = ("Both BufferSizeInMBs and BufferIntervalInSeconds are required to configure buffering for"
         " lambda processor.")
SIZE = ("BufferSizeInMBs", "1")
RETRIES = ("NumberOfRetries", "1")


def function(*parameters):
    return {"Type": "Lambda", "Parameters": [
        {"ParameterName": n, "ParameterValue": v} for n, v in parameters]}


@pytest.mark.parametrize("processors, message", [
    ([function(RETRIES, RETRIES), function()], DUPLICATE),
    ([function(), function(SIZE, SIZE)], DUPLICATE),
    ([function(SIZE), function(("LambdaArn", "f"))], TWO),
    ([function(SIZE)], MISSING),
    ([function(("LambdaArn", "f"), SIZE)], WRONG),
    ([function(("LambdaArn", LAMBDA), SIZE)], HINTS),
    ([function(("LambdaArn", LAMBDA), ("BufferIntervalInSeconds", "60"))], HINTS),
])
def test_faults_of_a_lambda_processor_are_told_in_order(firehose, processors, message):
    assert refused(create, firehose, **processing(*processors)) == message


@pytest.mark.parametrize("arn, is_good", [
    (LAMBDA, True),
    (LAMBDA + ":$LATEST", True),
    (LAMBDA + ":live", True),
    (LAMBDA + ":" + "a" * 128, True),
    (LAMBDA.replace("aws", "aws-us-gov"), True),
    (LAMBDA[:-1] + "n" * 64, True),
    (LAMBDA[:-1] + "n" * 65, False),
    (LAMBDA + ":" + "a" * 129, False),
    (LAMBDA + ":", False),
    (LAMBDA + ":1:2", False),
    (LAMBDA.replace("aws", "gcp"), False),
    (LAMBDA.replace("000000000000", "1"), False),
    (LAMBDA[:-1], False),
    ("f", False),
])
def test_a_functions_arn_is_checked_by_its_form_alone(firehose, arn, is_good):
    members = processing(function(("LambdaArn", arn)))
    if is_good:
        create(firehose, **members)
    else:
        assert refused(create, firehose, **members) == WRONG
