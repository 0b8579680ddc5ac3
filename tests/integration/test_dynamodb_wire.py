"""DynamoDB as bytes: headers, compression, error bodies, JSON types, the order of checks."""

import gzip
import json
import zlib

import pytest
from dynamodb_kit import db, likes, n, s  # noqa: F401
from test_http import Connection, connection  # noqa: F401

TARGET = "DynamoDB_20120810."
SERVICE = "com.amazon.coral.service#"
VALIDATION = "com.amazon.coral.validate#ValidationException"
MODELLED = "com.amazonaws.dynamodb.v20120810#"


def send(connection, operation, body, **headers):
    headers.setdefault("Content-Type", "application/x-amz-json-1.0")
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return connection.call("dynamodb", TARGET + operation, body, **headers)


def error(answer):
    status, _, body = answer
    assert status == 400
    return json.loads(body)


def put(item, table="likes"):
    return {"TableName": table, "Item": item}


def test_every_answer_has_its_headers(connection, likes):
    for body, status in ((put({"id": s("1")}), 200), ({"TableName": "likes"}, 400)):
        got, headers, answer = send(connection, "PutItem", body)
        assert got == status
        assert headers["content-type"] == "application/x-amz-json-1.0"
        assert int(headers["x-amz-crc32"]) == zlib.crc32(answer)
        assert len(headers["x-amzn-requestid"]) == 52
        assert headers["x-amzn-requestid"].isalnum()
        assert headers["x-amzn-requestid"].isupper()
        assert "date" in headers
    assert send(connection, "PutItem", put({"id": s("1")}))[2] == b"{}"


def test_plain_json_is_answered_with_itself(connection, likes):
    answer = send(connection, "PutItem", put({"id": s("1")}), **{"Content-Type": "application/json"})
    assert answer[0] == 200
    assert answer[1]["content-type"] == "application/json"


def test_answers_without_members_are_empty(connection, db, likes):
    arn = db.describe_table(TableName=likes)["Table"]["TableArn"]
    tag = {"ResourceArn": arn, "Tags": [{"Key": "a", "Value": "b"}]}
    assert send(connection, "TagResource", tag)[::2] == (200, b"")
    untag = {"ResourceArn": arn, "TagKeys": ["a"]}
    assert send(connection, "UntagResource", untag)[::2] == (200, b"")


# ---- compression ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding, compress",
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("gzip", lambda body: gzip.compress(body[:20]) + gzip.compress(body[20:])),
    ],
)
def test_bodies_may_be_compressed(connection, db, likes, encoding, compress):
    body = compress(json.dumps(put({"id": s("1"), "x": s("y" * 5000)})).encode())
    assert send(connection, "PutItem", body, **{"Content-Encoding": encoding})[0] == 200
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"]["x"] == s("y" * 5000)


def test_bodies_that_are_not_what_they_say_are_an_internal_error(connection, likes):
    body = gzip.compress(json.dumps(put({"id": s("1")})).encode())
    for broken in (body[:-5], b"{}", b"", body + b"x"):
        status, _, answer = send(connection, "PutItem", broken, **{"Content-Encoding": "gzip"})
        assert status == 500
        assert json.loads(answer)["__type"].endswith("#InternalServerError")


def test_a_body_that_unfolds_beyond_the_limit_is_refused(connection, likes):
    bomb = gzip.compress(b" " * (17 * 1024 * 1024))
    status, _, _ = send(connection, "PutItem", bomb, **{"Content-Encoding": "gzip"})
    assert status == 413
    assert send(connection, "ListTables", b"{}")[0] == 200


# ---- errors --------------------------------------------------------------------------------------


def test_error_bodies_have_the_prefix_and_member_of_their_class(connection, db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "a": n(1)})
    missing = error(send(connection, "GetItem", {"TableName": "nowhere", "Key": {"id": s("1")}}))
    assert missing == {
        "__type": MODELLED + "ResourceNotFoundException",
        "message": "Requested resource not found",
    }
    failed = put({"id": s("1")}) | {
        "ConditionExpression": "attribute_not_exists(id)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    assert error(send(connection, "PutItem", failed)) == {
        "__type": MODELLED + "ConditionalCheckFailedException",
        "message": "The conditional request failed",
        "Item": {"id": s("1"), "a": n(1)},
    }
    assert error(send(connection, "PutItem", put({"id": n(1)})))["__type"] == VALIDATION
    assert error(send(connection, "PutItem", b"{")) == {"__type": SERVICE + "SerializationException"}
    wrong = error(send(connection, "PutItem", {"TableName": 5, "Item": {}}))
    assert wrong == {
        "__type": SERVICE + "SerializationException",
        "Message": "NUMBER_VALUE cannot be converted to String",
    }
    cancelled = {
        "TransactItems": [
            {
                "ConditionCheck": {
                    "TableName": "likes",
                    "Key": {"id": s("1")},
                    "ConditionExpression": "attribute_not_exists(id)",
                }
            }
        ]
    }
    assert error(send(connection, "TransactWriteItems", cancelled)) == {
        "__type": MODELLED + "TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[ConditionalCheckFailed]",
        "CancellationReasons": [
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
        ],
    }


@pytest.mark.parametrize(
    "body, message",
    [
        ({"TableName": True}, "TRUE_VALUE cannot be converted to String"),
        ({"TableName": False}, "FALSE_VALUE cannot be converted to String"),
        ({"TableName": 23}, "NUMBER_VALUE cannot be converted to String"),
        ({"TableName": 34.56}, "DECIMAL_VALUE cannot be converted to String"),
        ({"TableName": []}, "Unrecognized collection type class java.lang.String"),
        ({"TableName": {}}, "Start of structure or map found where not expected"),
        ({"Item": "x"}, "Unexpected field type"),
        ({"Item": []}, "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>"),
        ({"Item": {"a": "x"}}, "Unexpected value type in payload"),
        ({"Item": {"a": []}}, "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"),
        ({"Item": {"a": {"S": 5}}}, "NUMBER_VALUE cannot be converted to String"),
        ({"Item": {"a": {"N": 5}}}, "NUMBER_VALUE cannot be converted to String"),
        ({"Item": {"a": {"SS": "x"}}}, "Unexpected field type"),
        ({"Item": {"a": {"SS": {}}}}, "Start of structure or map found where not expected"),
        ({"Item": {"a": {"B": 5}}}, "only base-64-encoded strings are convertible to bytes"),
        ({"Item": {"a": {"B": "abcde"}}}, "Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
        ({"Item": {"a": {"BOOL": 23}}}, "NUMBER_VALUE cannot be converted to Boolean"),
        ({"Item": {"a": {"BOOL": "23"}}}, "Unexpected token received from parser"),
        ({"Item": {"a": {"L": {}}}}, "Start of structure or map found where not expected"),
        ({"Item": {"a": {"L": ["x"]}}}, "Unexpected value type in payload"),
        ({"ExpressionAttributeNames": {"#a": 7}}, "NUMBER_VALUE cannot be converted to String"),
    ],
)  # fmt: skip
def test_json_of_the_wrong_type_is_a_serialization_exception(connection, likes, body, message):
    body = {"TableName": "likes", "Item": {"id": s("1")}} | body
    status, _, answer = send(connection, "PutItem", body)
    assert status == 400
    assert json.loads(answer) == {"__type": SERVICE + "SerializationException", "Message": message}


def test_wrong_types_of_numbers_and_flags_are_told(connection, likes):
    scan = {"TableName": "likes", "Limit": "23"}
    assert error(send(connection, "Scan", scan))["Message"] == (
        "STRING_VALUE cannot be converted to Integer"
    )
    query = {"TableName": "likes", "ConsistentRead": 7}
    assert error(send(connection, "Query", query))["Message"] == (
        "NUMBER_VALUE cannot be converted to Boolean"
    )
    fraction = {"TableName": "likes", "Limit": 2.9}
    assert send(connection, "Scan", fraction)[0] == 200


def test_null_is_absent_and_unknown_members_are_ignored(connection, likes):
    body = put({"id": s("1")}) | {"ConditionExpression": None, "Whatever": {"x": [1]}}
    assert send(connection, "PutItem", body)[0] == 200
    missing = error(send(connection, "PutItem", {"TableName": None, "Item": None}))
    assert missing["message"] == (
        "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: "
        "Member must not be null; Value null at 'item' failed to satisfy constraint: Member must "
        "not be null"
    )


# ---- what no client sends --------------------------------------------------------------------------


def deep(levels, open, close, core="1"):
    return (open * levels + core + close * levels).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"x"',
        b"\x00",
        b"\xff\xfe",
        b"{" * 100_000,
        deep(200_000, "[", "]"),
        deep(200_000, '{"a":', "}"),
        b'{"TableName":"likes","Item":{"id":' + deep(200_000, '{"M":{"a":', "}}") + b"}}",
        b'{"TableName":"likes","Item":{"id":' + deep(500, '{"M":{"a":', "}}", '{"S":"x"}') + b"}}",
        b'{"TableName":"likes","Item":{"id":' + deep(500, '{"L":[', "]}", '{"S":"x"}') + b"}}",
        b'{"TableName":"likes","Item":{"id":{"S":"1"},"a":{"N":"' + b"9" * 1_000_000 + b'"}}}',
        b'{"TableName":"likes","Item":{"id":{"S":"1"},"a":{"N":"1e' + b"9" * 1_000_000 + b'"}}}',
        b'{"TableName":"likes","Item":{"id":{"S":"1"},"a":{"N":' + b"9" * 1_000_000 + b"}}}",
        b'{"TableName":"likes","Item":{"id":{"S":"1"},"a":{"NS":["1","1.0"]}}}',
        b'{"TableName":"likes","Item":{"id":{"S":"\xc3\x28"}}}',
        b'{"TableName":"likes","Item":{"id":{"S":"1"}},"ConditionExpression":"' + b"(" * 1_000_000 + b'"}',
        b'{"TableName":"likes","Item":{"id":{"S":"1"}},"ConditionExpression":"' + b"(" * 4000 + b'"}',
        b'{"TableName":"likes","Item":{"id":{"S":"1"}},"ConditionExpression":"' + b"NOT " * 1000 + b'a"}',
        b'{"TableName":"likes","Item":{"id":{"S":"1"}},"ConditionExpression":"' + b"size(" * 800 + b'"}',
        b'{"TableName":"likes","Item":{"id":{"S":"1"}},"Expected":{"a":' + deep(300, '{"Value":{"L":[', "]}}") + b"}}",
    ],
    ids=range(23),
)  # fmt: skip
def test_hostile_bodies_are_refused_and_store_nothing(connection, db, likes, body):
    status, _, answer = send(connection, "PutItem", body)
    assert status == 400
    assert json.loads(answer)["__type"] in (VALIDATION, SERVICE + "SerializationException")
    assert db.scan(TableName=likes)["Items"] == []


def test_every_member_of_every_operation_may_be_of_the_wrong_kind(connection, db, likes):
    values = [None, True, 7, -1.5, "x", "", [], {}, [[]], {"a": {}}, {"a": {"S": 1}}, [{"a": None}]]
    base = {
        "PutItem": put({"id": s("1")}),
        "UpdateItem": {"TableName": "likes", "Key": {"id": s("1")}},
        "Query": {"TableName": "likes", "KeyConditionExpression": "id = :i"},
        "Scan": {"TableName": "likes"},
        "BatchGetItem": {"RequestItems": {}},
        "BatchWriteItem": {"RequestItems": {}},
        "TransactWriteItems": {"TransactItems": []},
        "TransactGetItems": {"TransactItems": []},
        "ExecuteStatement": {"Statement": "SELECT * FROM likes"},
        "BatchExecuteStatement": {"Statements": []},
        "ExecuteTransaction": {"TransactStatements": []},
        "CreateTable": {"TableName": "other"},
    }
    members = [
        "TableName", "Item", "Key", "Expected", "ConditionalOperator", "AttributeUpdates",
        "AttributesToGet", "KeyConditions", "QueryFilter", "ScanFilter", "UpdateExpression",
        "ConditionExpression", "FilterExpression", "ProjectionExpression",
        "ExpressionAttributeNames", "ExpressionAttributeValues", "ReturnValues", "Limit",
        "Segment", "TotalSegments", "ExclusiveStartKey", "IndexName", "Select", "RequestItems",
        "TransactItems", "Statement", "Statements", "TransactStatements", "Parameters",
        "NextToken", "ClientRequestToken", "KeySchema", "AttributeDefinitions",
    ]  # fmt: skip
    for operation, body in base.items():
        for member in members:
            for value in values:
                status, _, answer = send(connection, operation, body | {member: value})
                assert status in (200, 400), (operation, member, value, answer)
    assert send(connection, "ListTables", b"{}")[0] == 200
