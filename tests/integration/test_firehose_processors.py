"""The processors beside Lambda."""

import gzip

import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import create, destination, objects, processing, processor, put


def test_a_newline_stands_between_records_but_not_behind_the_last(firehose, s3, hydrant):
    create(firehose, **processing(processor("AppendDelimiterToRecord")))
    put(firehose, b"one", b"", b"two")
    put(firehose, b"three", b"")
    hydrant.advance(300)
    assert list(objects(s3).values()) == [b"one\ntwo\nthree"]


@pytest.mark.parametrize("given, written", [
    ("\\n", b"\n"), ("||", b"||"), ("\\t", b"\t"), ("\\\\", b"\\"), ("IyMj", b"IyMj"),
])
def test_another_delimiter_may_be_chosen(firehose, s3, hydrant, given, written):
    create(firehose, CompressionFormat="GZIP",
           **processing(processor("AppendDelimiterToRecord", Delimiter=given)))
    put(firehose, b"a", b"b")
    hydrant.advance(300)
    [body] = objects(s3).values()
    assert gzip.decompress(body) == b"a" + written + b"b"


def test_a_delimiter_has_no_parameters_but_those_given(firehose):
    create(firehose, **processing(processor("AppendDelimiterToRecord")))
    assert destination(firehose)["ProcessingConfiguration"]["Processors"] == [
        {"Type": "AppendDelimiterToRecord", "Parameters": []}
    ]


def test_delimiters_do_not_count_for_the_size_hint(firehose, s3, hydrant):
    create(firehose, BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900},
           **processing(processor("AppendDelimiterToRecord", Delimiter="|" * 1000)))
    put(firehose, *[b"x" * 1000] * 400)
    hydrant.advance(800)
    assert objects(s3) == {}
