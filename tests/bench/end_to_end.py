"""Records per second from PutRecordBatch through a C transform to the object in S3.

The time is that from the first put to the end of the flush that delivers the last record. The
client sends requests made beforehand; it shares the machine with the server.
"""

import base64
import json
import statistics
import time

from bench import start_hydrant
from streams import Client

BATCH = 500
BODIES = 20  # different ones


def body(stream, first):
    def data(number):
        line = json.dumps({"element_class": str(number), "pad": ""})
        padded = json.dumps({"element_class": str(number), "pad": "x" * (199 - len(line))})
        return base64.b64encode(padded.encode() + b"\n").decode()

    records = [{"Data": data(first + i)} for i in range(BATCH)]
    return json.dumps({"DeliveryStreamName": stream, "Records": records}).encode()


def create(client, function):
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function}"
    processor = {
        "Type": "Lambda",
        "Parameters": [
            {"ParameterName": "LambdaArn", "ParameterValue": arn},
            {"ParameterName": "BufferSizeInMBs", "ParameterValue": "1"},
            {"ParameterName": "BufferIntervalInSeconds", "ParameterValue": "60"},
        ],
    }
    client.call("CreateDeliveryStream", json.dumps({
        "DeliveryStreamName": function,
        "ExtendedS3DestinationConfiguration": {
            "RoleARN": "arn:aws:iam::000000000000:role/bench",
            "BucketARN": "arn:aws:s3:::bench",
            "BufferingHints": {"SizeInMBs": 16, "IntervalInSeconds": 60},
            "ProcessingConfiguration": {"Enabled": True, "Processors": [processor]},
        },
    }))


def create_table(client):
    client.call("CreateTable", json.dumps({
        "TableName": "Likes_Tab",
        "KeySchema": [{"AttributeName": "element_class", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "element_class", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }), service="dynamodb")


def delivered_bytes(client):
    return sum(client.object_sizes("bench"))


def run(client, stream, bodies, requests):
    size = delivered_bytes(client)
    began = time.perf_counter()
    for number in range(requests):
        answer = client.call("PutRecordBatch", bodies[number % len(bodies)])
        assert answer["FailedPutCount"] == 0
    put = time.perf_counter() - began
    client.send("POST", f"/_hydrant/firehose/{stream}/flush", b"", {})
    seconds = time.perf_counter() - began
    assert delivered_bytes(client) - size == requests * BATCH * 200
    return requests * BATCH / put, requests * BATCH / seconds


def bodies(function, turn, requests):
    """Made beforehand: a few for what keeps no rows, else every row is a new one."""
    count = BODIES if function == "pass_on" else requests
    return [body(function, (turn * requests + number) * BATCH) for number in range(count)]


def rows(options):
    print("\n| PutRecordBatch 500 x 200 B, one client | records/s put | records/s delivered | aim |")
    print("|---|---|---|---|", flush=True)
    functions = [("pass_on", "C transform, S3 object", 1000, 200_000, "none"),
                 ("pass_on", "C transform, S3 object, isolated", 1000, 0, "worker"),
                 ("rows", "with a DynamoDB row each", 300, 50_000, "none"),
                 ("rows", "with a DynamoDB row each, isolated", 300, 0, "worker"),
                 ("likes", "with a row and two log lines each", 100, 0, "none"),
                 ("likes", "with a row and two log lines each, isolated", 100, 0, "worker")]
    for function, name, requests, aim, isolation in functions:
        if options.only not in name:
            continue
        library = f"{options.plugins}/{function}.so"
        server = start_hydrant(options, "--ephemeral", "--isolation", isolation,
                               "--function", f"{function}={library}")
        client = Client(server.url)
        client.create_bucket("bench")
        create_table(client)
        create(client, function)
        rates = [run(client, function, bodies(function, turn, requests), requests)
                 for turn in range(options.rounds)]
        put, delivered = (statistics.median(column) for column in zip(*rates))
        print(f"| {name} | {put:,.0f} | {delivered:,.0f} | {f'{aim:,}' if aim else '-'} |", flush=True)
        server.stop()
