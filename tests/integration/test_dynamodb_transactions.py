"""TransactWriteItems and TransactGetItems."""

import pytest
from botocore.exceptions import ClientError
from dynamodb_kit import db, events, invalid, likes, make_table, n, nested, refusal, s  # noqa: F401
from test_dynamodb import stream_records

MISMATCH = "The provided key element does not match the schema"
EMPTY_KEY = (
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
    "contain an empty string value. Key: id"
)
INVALID = "One or more parameter values were invalid: "


def put(id, table="likes", **more):
    attributes = more.pop("attributes", {})
    return {"Put": {"TableName": table, "Item": {"id": s(id), **attributes}, **more}}


def delete(id, **more):
    return {"Delete": {"TableName": "likes", "Key": {"id": s(id)}, **more}}


def check(id, condition="attribute_exists(id)", **more):
    arguments = {"TableName": "likes", "Key": {"id": s(id)}, "ConditionExpression": condition}
    return {"ConditionCheck": {**arguments, **more}}


def update(id, expression="SET a = :a", values=None, **more):
    arguments = {"TableName": "likes", "Key": {"id": s(id)}, "UpdateExpression": expression}
    if values is None:
        values = {":a": n(1)}
    if values:
        arguments["ExpressionAttributeValues"] = values
    return {"Update": {**arguments, **more}}


def get(id, table="likes", **more):
    return {"Get": {"TableName": table, "Key": {"id": s(id)}, **more}}


def write(db, *items, **more):
    return db.transact_write_items(TransactItems=list(items), **more)


def reasons(db, *items, operation="transact_write_items"):
    """The reasons of a cancelled transaction, whose message must list their codes."""
    with pytest.raises(ClientError) as caught:
        getattr(db, operation)(TransactItems=list(items))
    answer = caught.value.response
    assert answer["Error"]["Code"] == "TransactionCanceledException", answer
    codes = ", ".join(reason["Code"] for reason in answer["CancellationReasons"])
    assert answer["Error"]["Message"] == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        f"[{codes}]"
    )
    return answer["CancellationReasons"]


def everything(db, table="likes"):
    items = db.scan(TableName=table)["Items"]
    return sorted(items, key=lambda item: item.get("id", item.get("pk"))["S"])


def test_writes_of_every_kind_happen_together(db, likes):
    db.put_item(TableName=likes, Item={"id": s("gone")})
    db.put_item(TableName=likes, Item={"id": s("counted"), "a": n(41)})
    db.put_item(TableName=likes, Item={"id": s("there"), "b": s("kept")})

    answer = write(
        db,
        put("new", attributes={"a": n(1)}),
        put("there", ConditionExpression="attribute_exists(b)"),
        update("counted", "SET a = a + :one", {":one": n(1)}),
        update("made", "ADD a :one", {":one": n(7)}),
        delete("gone", ConditionExpression="attribute_exists(id)"),
        check("nobody", "attribute_not_exists(id)"),
    )

    assert set(answer) == {"ResponseMetadata"}
    assert everything(db) == [
        {"id": s("counted"), "a": n(42)},
        {"id": s("made"), "a": n(7)},
        {"id": s("new"), "a": n(1)},
        {"id": s("there")},
    ]


def test_a_failed_condition_cancels_everything_and_every_failed_one_is_told(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "a": n(1)})
    before = everything(db)
    exists = "attribute_exists(id)"
    failed = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    show = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

    assert reasons(
        db,
        put("2"),
        put("3", ConditionExpression="attribute_not_exists(id)"),
        check("4"),
        put("1", ConditionExpression="a > :a", ExpressionAttributeValues={":a": n(1)}, **show),
        delete("5", ConditionExpression=exists, **show),
        update("6", ConditionExpression=exists, ReturnValuesOnConditionCheckFailure="NONE"),
    ) == [
        {"Code": "None"},
        {"Code": "None"},
        failed,
        {**failed, "Item": {"id": s("1"), "a": n(1)}},
        failed,
        failed,
    ]
    assert everything(db) == before


@pytest.mark.parametrize(
    "item, message",
    [
        (
            {"Put": {"TableName": "likes", "Item": {"id": n(5)}}},
            INVALID + "Type mismatch for key id expected: S actual: N",
        ),
        (
            {"Put": {"TableName": "likes", "Item": {"id": {"L": [s("x")]}}}},
            INVALID + "Type mismatch for key id expected: S actual: L",
        ),
        (
            {"Put": {"TableName": "likes", "Item": {"a": n(5)}}},
            INVALID + "Missing the key id in the item",
        ),
        ({"Delete": {"TableName": "likes", "Key": {"id": n(5)}}}, MISMATCH),
        (update("x", Key={"id": n(5)}), MISMATCH),
        (check("x", Key={"id": {"L": [s("x")]}}), MISMATCH),
        (check("x", Key={"id": s("x"), "more": s("x")}), MISMATCH),
        (
            update("1", "SET a = b", {}),
            "The provided expression refers to an attribute that does not exist in the item",
        ),
        (
            update("1", "SET t = t + :a"),
            "An operand in the update expression has an incorrect data type",
        ),
        (
            update("1", "SET b = :a", {":a": s("x" * 409600)}),
            "Item size to update has exceeded the maximum allowed size",
        ),
        (
            update("1", "SET id = :a", {":a": s("x")}),
            INVALID + "Cannot update attribute id. This attribute is part of the key",
        ),
    ],
)
def test_what_is_wrong_with_one_entry_cancels_with_a_validation_error(db, likes, item, message):
    db.put_item(TableName=likes, Item={"id": s("1"), "t": s("text")})
    before = everything(db)

    assert reasons(db, put("before"), item) == [
        {"Code": "None"},
        {"Code": "ValidationError", "Message": message},
    ]
    assert everything(db) == before


def test_keys_are_checked_up_to_the_first_wrong_one_and_before_conditions(db, likes):
    wrong = {"Put": {"TableName": likes, "Item": {"id": n(1)}}}
    codes = [reason["Code"] for reason in reasons(db, put("1"), wrong, wrong, check("nobody"))]
    assert codes == ["None", "ValidationError", "None", "None"]


@pytest.mark.parametrize(
    "items, message",
    [
        ([put("")], EMPTY_KEY),
        ([delete("")], EMPTY_KEY),
        ([update("")], EMPTY_KEY),
        ([check("")], EMPTY_KEY),
        ([put("1", attributes={"a": s("x" * 409600)})], "Item size has exceeded the maximum allowed size"),
        ([put("1", attributes={"a": nested(32)})], "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"),
        ([put("1"), put("1")], "Transaction request cannot include multiple operations on one item"),
        ([put("1"), check("1")], "Transaction request cannot include multiple operations on one item"),
        ([check("2"), put("1"), delete("2")], "Transaction request cannot include multiple operations on one item"),
        ([put("1", ConditionExpression="hello!")], 'Invalid ConditionExpression: Syntax error; token: "!", near: "hello!"'),
        ([put("1", ConditionExpression="a = :v")], "Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v"),
        ([put("1", ConditionExpression="attribute_exists(#n)")], "Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #n"),
        ([check("1", ExpressionAttributeValues={":v": n(1)})], "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"),
        ([check("1", ExpressionAttributeNames={"#v": "a"})], "Value provided in ExpressionAttributeNames unused in expressions: keys: {#v}"),
        ([{}], "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"),
        ([{**put("1"), **delete("1")}], "TransactItems can only contain one of Check, Put, Update or Delete"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_request_refuses_it_as_a_whole(db, likes, items, message):
    assert invalid(db.transact_write_items, TransactItems=[put("first"), *items]) == message
    assert everything(db) == []


def test_expressions_of_all_entries_are_read_before_any_table_is_looked_up(db, likes):
    elsewhere = put("1", table="nowhere")
    syntax = check("1", "attribute_exists(")
    unused = check("1", ExpressionAttributeValues={":v": n(1)})
    deep = put("2", attributes={"a": nested(32)})

    assert "Syntax error" in invalid(db.transact_write_items, TransactItems=[elsewhere, syntax])
    assert "unused" in invalid(db.transact_write_items, TransactItems=[elsewhere, unused])
    assert "unused" in invalid(db.transact_write_items, TransactItems=[put("1"), unused])
    assert "Syntax error" in invalid(db.transact_write_items, TransactItems=[syntax, deep])
    assert "Nesting" in invalid(db.transact_write_items, TransactItems=[deep, syntax])
    assert refusal(db.transact_write_items, TransactItems=[put("1"), elsewhere]) == (
        "ResourceNotFoundException",
        "Requested resource not found",
    )


def test_constraints_come_first_and_together(db, likes):
    token = "x" * 37
    message = invalid(
        db.transact_write_items,
        TransactItems=[put("1"), put("1")],
        ClientRequestToken=token,
        ReturnConsumedCapacity="BOGUS",
        ReturnItemCollectionMetrics="BOGUS2",
    )
    assert message == (
        f"3 validation errors detected: Value '{token}' at 'clientRequestToken' failed to satisfy "
        "constraint: Member must have length less than or equal to 36; Value 'BOGUS' at "
        "'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value "
        "set: [INDEXES, TOTAL, NONE]; Value 'BOGUS2' at 'returnItemCollectionMetrics' failed to "
        "satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]"
    )


def test_a_transaction_has_1_to_100_entries(db, likes):
    for operation in (db.transact_write_items, db.transact_get_items):
        assert invalid(operation, TransactItems=[]) == (
            "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1"
        )
    message = invalid(db.transact_write_items, TransactItems=[put(str(i)) for i in range(101)])
    assert message.startswith("1 validation error detected: Value '[")
    assert message.endswith(
        "]' at 'transactItems' failed to satisfy constraint: Member must have length less than or "
        "equal to 100"
    )
    message = invalid(db.transact_get_items, TransactItems=[get(str(i)) for i in range(101)])
    assert message.endswith("Member must have length less than or equal to 100")

    write(db, *[put(str(i), attributes={"i": n(i)}) for i in range(100)])
    answer = db.transact_get_items(TransactItems=[get(str(i)) for i in range(100)])
    assert answer["Responses"] == [{"Item": {"id": s(str(i)), "i": n(i)}} for i in range(100)]


def test_a_transaction_takes_4_megabytes_of_payload(db, likes):
    big = {"a": s("x" * 400000)}
    ten = [put(str(i), attributes=big) for i in range(10)]
    message = invalid(
        db.transact_write_items, TransactItems=[*ten, put("more", attributes=big)]
    )
    assert "size cannot exceed 4 MB" in message
    assert everything(db) == []

    write(db, *ten)
    db.put_item(TableName=likes, Item={"id": s("more"), **big})
    gets = [get(str(i)) for i in range(10)]
    assert len(db.transact_get_items(TransactItems=gets)["Responses"]) == 10
    message = invalid(db.transact_get_items, TransactItems=[*gets, get("more")])
    assert "size cannot exceed 4 MB" in message
    # What is deleted does not count: only what is sent.
    write(db, delete("more"), *[delete(str(i)) for i in range(10)])
    assert everything(db) == []


# ---- tokens ------------------------------------------------------------------------------------


def test_a_token_makes_a_transaction_happen_once_in_ten_minutes(hydrant, db, likes):
    counted = update("1", "ADD a :a")
    count = lambda: db.get_item(TableName=likes, Key={"id": s("1")})["Item"]["a"]["N"]  # noqa: E731

    write(db, counted, ClientRequestToken="token")
    write(db, counted, ClientRequestToken="token")
    assert count() == "1"
    write(db, counted, ClientRequestToken="other")
    assert count() == "2"

    hydrant.advance(599)
    write(db, counted, ClientRequestToken="token")
    assert count() == "2"
    hydrant.advance(2)
    write(db, counted, ClientRequestToken="token")
    assert count() == "3"


def test_a_token_belongs_to_its_request(db, likes):
    write(db, put("1", attributes={"a": n(1), "b": n(2)}), ClientRequestToken="token")

    code, _ = refusal(
        db.transact_write_items,
        TransactItems=[put("1", attributes={"a": n(2), "b": n(2)})],
        ClientRequestToken="token",
    )
    assert code == "IdempotentParameterMismatchException"

    # The order of members is none of its business.
    same = {"Put": {"Item": {"b": n(2), "a": n(1), "id": s("1")}, "TableName": likes}}
    write(db, same, ClientRequestToken="token")
    assert everything(db) == [{"id": s("1"), "a": n(1), "b": n(2)}]


def test_a_cancelled_transaction_does_not_use_its_token_up(db, likes):
    with pytest.raises(ClientError):
        write(db, put("1"), check("2"), ClientRequestToken="token")
    db.put_item(TableName=likes, Item={"id": s("2")})

    write(db, put("1"), check("2"), ClientRequestToken="token")

    assert everything(db) == [{"id": s("1")}, {"id": s("2")}]


def test_tokens_are_kept_per_account_and_region(client, db, likes):
    elsewhere = client("dynamodb", region="eu-west-1", parameter_validation=False)
    make_table(elsewhere, "likes", hash=("id", "S"))
    write(db, put("1"), ClientRequestToken="token")
    write(elsewhere, put("2"), ClientRequestToken="token")
    assert everything(elsewhere) == [{"id": s("2")}]


def test_token_and_writes_survive_a_kill_together(hydrant, client, db, likes):
    counted = [update(str(i), "ADD a :a") for i in range(4)]
    write(db, *counted, ClientRequestToken="token")

    hydrant.kill()
    hydrant.start()
    again = client("dynamodb", parameter_validation=False)

    answer = write(again, *counted, ClientRequestToken="token", ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [
        {"TableName": "likes", "CapacityUnits": 8.0, "ReadCapacityUnits": 8.0}
    ]
    assert everything(again) == [{"id": s(str(i)), "a": n(1)} for i in range(4)]


# ---- capacity, streams, reads ------------------------------------------------------------------


def test_transactions_take_twice_the_capacity_per_table(db, likes):
    make_table(db, "others", hash=("id", "S"))
    items = [
        put("1", attributes={"a": s("x" * 1500)}),
        put("2", table="others"),
        check("3", "attribute_not_exists(id)"),
    ]
    answer = write(db, *items, ReturnConsumedCapacity="TOTAL", ClientRequestToken="token")
    assert answer["ConsumedCapacity"] == [
        {"TableName": "likes", "CapacityUnits": 6.0, "WriteCapacityUnits": 6.0},
        {"TableName": "others", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0},
    ]
    again = write(db, *items, ReturnConsumedCapacity="TOTAL", ClientRequestToken="token")
    assert again["ConsumedCapacity"] == [
        {"TableName": "likes", "CapacityUnits": 4.0, "ReadCapacityUnits": 4.0},
        {"TableName": "others", "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0},
    ]
    units = {"CapacityUnits": 4.0, "ReadCapacityUnits": 4.0}
    answer = db.transact_get_items(
        TransactItems=[get("1"), get("nobody")], ReturnConsumedCapacity="INDEXES"
    )
    assert answer["ConsumedCapacity"] == [{"TableName": "likes", **units, "Table": units}]


def test_reads_answer_in_order_and_leave_out_what_is_missing(db, likes, events):
    db.put_item(TableName=likes, Item={"id": s("1"), "a": n(1), "b": n(2)})
    db.put_item(TableName=events, Item={"pk": s("1"), "sk": n(1), "c": s("d")})
    key = {"pk": s("1"), "sk": n("1.0")}
    answer = db.transact_get_items(
        TransactItems=[
            get("nobody"),
            get("1", ProjectionExpression="#a", ExpressionAttributeNames={"#a": "a"}),
            {"Get": {"TableName": events, "Key": key}},
        ]
    )
    assert answer["Responses"] == [
        {},
        {"Item": {"a": n(1)}},
        {"Item": {"pk": s("1"), "sk": n(1), "c": s("d")}},
    ]


def test_reads_that_are_wrong_are_refused_or_cancelled(db, likes, events):
    read = db.transact_get_items
    assert invalid(read, TransactItems=[get("1"), get("1")]) == (
        "Transaction request cannot include multiple operations on one item"
    )
    names = {"#a": "a"}
    projected = get("1", ProjectionExpression="b", ExpressionAttributeNames=names)
    assert "unused" in invalid(read, TransactItems=[projected])
    assert "#z" in invalid(read, TransactItems=[get("1", ProjectionExpression="#z")])
    assert invalid(read, TransactItems=[get("")]) == EMPTY_KEY
    assert refusal(read, TransactItems=[get("1", table="nowhere")]) == (
        "ResourceNotFoundException",
        "Requested resource not found",
    )
    partial = {"Get": {"TableName": events, "Key": {"pk": s("1")}}}
    assert reasons(db, get("1"), partial, operation="transact_get_items") == [
        {"Code": "None"},
        {"Code": "ValidationError", "Message": MISMATCH},
    ]


def test_a_stream_has_a_record_of_each_item_that_changed(hydrant, db):
    make_table(
        db,
        "likes",
        hash=("id", "S"),
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    for id in ("same", "changed", "gone"):
        db.put_item(TableName="likes", Item={"id": s(id), "a": n(1)})
    with pytest.raises(ClientError):
        write(db, put("never"), check("nobody"))

    write(
        db,
        put("new"),
        put("same", attributes={"a": n("1.0")}),
        update("changed", "SET a = :a", {":a": n(2)}),
        delete("gone"),
        delete("nobody"),
        check("another", "attribute_not_exists(id)"),
    )
    db.execute_transaction(
        TransactStatements=[
            {"Statement": "UPDATE likes SET a = 3 WHERE id = 'changed'"},
            {"Statement": "UPDATE likes SET a = 1 WHERE id = 'same'"},
        ]
    )

    insert, modify, remove = 1, 2, 3
    events = [event for event, *_ in stream_records(hydrant)]
    assert events == [insert] * 3 + [insert, modify, remove] + [modify]


def test_tables_can_be_named_by_their_arns(db, likes):
    arn = db.describe_table(TableName=likes)["Table"]["TableArn"]
    write(db, put("1", table=arn))
    answer = db.transact_get_items(TransactItems=[get("1", table=arn)])
    assert answer["Responses"] == [{"Item": {"id": s("1")}}]
