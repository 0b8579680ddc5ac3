"""CompressionFormat: bodies are read by other people's decompressors."""

import gzip
import io
import re
import struct
import zipfile

import cramjam
import pytest
from firehose_kit import *  # noqa: F401,F403
from firehose_kit import create, objects, put

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
CONTENT = [b"%d bottles of beer\n" % n * 40 for n in range(400)]  # more than one block of snappy


def unzip(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        [entry] = archive.infolist()
        assert re.fullmatch(UUID, entry.filename)
        assert entry.compress_type == zipfile.ZIP_DEFLATED
        return archive.read(entry)


def blocks(body, at, lengths):
    while at < len(body):
        *_, packed = struct.unpack_from(f">{lengths}I", body, at)
        at += 4 * lengths
        yield bytes(cramjam.snappy.decompress_raw(body[at : at + packed]))
        at += packed


def unxerial(body):
    assert body[:16] == b"\x82SNAPPY\0\0\0\0\1\0\0\0\1"
    return b"".join(blocks(body, 16, 1))


def unhadoop(body):
    sizes = []
    at = 0
    while at < len(body):
        size, packed = struct.unpack_from(">II", body, at)
        sizes.append(size)
        at += 8 + packed
    plain = list(blocks(body, 0, 2))
    assert [len(block) for block in plain] == sizes
    assert all(size == 32768 for size in sizes[:-1])
    return b"".join(plain)


FORMS = {
    "UNCOMPRESSED": ("", None, bytes),
    "GZIP": (".gz", "gzip", gzip.decompress),
    "ZIP": (".zip", "zip", unzip),
    "Snappy": (".snappy", "snappy-java", unxerial),
    "HADOOP_SNAPPY": (".snappy", "hadoop-snappy", unhadoop),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_has_its_extension_its_encoding_and_the_records(firehose, s3, hydrant, form):
    extension, encoding, unpack = FORMS[form]
    create(firehose, CompressionFormat=form)
    put(firehose, *CONTENT)
    hydrant.advance(300)
    [(key, body)] = objects(s3).items()
    assert re.fullmatch(rf"\d{{4}}/\d\d/\d\d/\d\d/s-1-[0-9-]{{19}}-{UUID}{re.escape(extension)}", key)
    assert unpack(body) == b"".join(CONTENT)
    head = s3.head_object(Bucket="bucket", Key=key)
    assert head.get("ContentEncoding") == encoding
    assert head["ContentType"] == "application/octet-stream"


@pytest.mark.parametrize("form", ["GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY"])
def test_file_extension_replaces_only_the_keys_ending(firehose, s3, hydrant, form):
    create(firehose, CompressionFormat=form, FileExtension=".custom.log")
    put(firehose, b"hello")
    hydrant.advance(300)
    [(key, body)] = objects(s3).items()
    assert re.search(UUID + r"\.custom\.log$", key)
    assert FORMS[form][2](body) == b"hello"
    assert s3.head_object(Bucket="bucket", Key=key)["ContentEncoding"] == FORMS[form][1]


def test_an_empty_file_extension_counts_as_none(firehose, s3, hydrant):
    create(firehose, CompressionFormat="ZIP", FileExtension="")
    put(firehose, b"hello")
    hydrant.advance(300)
    [key] = objects(s3)
    assert key.endswith(".zip")


def test_two_dots_are_an_extension(firehose, s3, hydrant):
    create(firehose, FileExtension="..")
    put(firehose, b"hello")
    hydrant.advance(300)
    [key] = objects(s3)
    assert key.endswith("..")


def test_the_size_hint_counts_bytes_before_compression(firehose, s3, hydrant):
    create(firehose, CompressionFormat="Snappy",
           BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    put(firehose, b"a" * 1000 * 1024, b"b" * 1000 * 1024)
    hydrant.advance(1)
    [body] = objects(s3).values()
    assert unxerial(body) == b"a" * 1000 * 1024 + b"b" * 1000 * 1024
