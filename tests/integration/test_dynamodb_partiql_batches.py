"""PartiQL: several statements, each by itself or all together."""

import pytest
from botocore.exceptions import ClientError
from dynamodb_kit import db, events, invalid, likes, n, refusal, s  # noqa: F401
from partiql_kit import ITEM, LEFTOVER, NO_KEY, UNCONVERTIBLE, row, seeded, stored  # noqa: F401


# ---- batches -------------------------------------------------------------------------------------


def batch(db, *statements, **more):
    return db.batch_execute_statement(Statements=list(statements), **more)["Responses"]


def test_each_statement_of_a_batch_fails_by_itself(db, seeded):
    answer = batch(
        db,
        {"Statement": "INSERT INTO likes VALUE {'id': '2'}"},
        {"Statement": "INSERT INTO likes VALUE {'id': '1'}"},
        {"Statement": "UPDATE likes SET a = 1 WHERE id = '3'"},
        {"Statement": "UPDATE nowhere SET a = 1 WHERE id = '3'"},
        {"Statement": "UPDATE likes SET a = 1"},
        {"Statement": "UPDATE likes SET a = ? WHERE id = ? RETURNING MODIFIED NEW *", "Parameters": [n(9), s("1")]},
        {"Statement": "UPDATE likes SET b = ? WHERE id = '1'", "Parameters": [n("1e99999999999")]},
    )  # fmt: skip
    assert answer == [
        {"TableName": "likes"},
        {"TableName": "likes", "Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}},
        {"TableName": "likes", "Error": {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}},
        {"Error": {"Code": "ResourceNotFound", "Message": "Requested resource not found"}},
        {"TableName": "likes", "Error": {"Code": "ValidationError", "Message": NO_KEY}},
        {"TableName": "likes", "Item": {"a": n(9)}},
        {"Error": {"Code": "ValidationError", "Message": f"{UNCONVERTIBLE}: 1e99999999999"}},
    ]  # fmt: skip
    assert stored(db, "2") == {"id": s("2")}
    assert stored(db, "1") == {**ITEM, "a": n(9)}


def test_a_batch_reads_single_items(db, seeded, row):
    only_key = (
        "Select statements within BatchExecuteStatement must specify the primary key in the where "
        "clause."
    )
    answer = batch(
        db,
        {"Statement": "SELECT a FROM likes WHERE id = '1'"},
        {"Statement": "SELECT * FROM likes WHERE id = 'nobody'"},
        {"Statement": "SELECT * FROM likes WHERE id = '1' AND attribute_exists(ss)"},
        {"Statement": "SELECT * FROM events WHERE pk = 'p'"},
        {"Statement": "SELECT * FROM events WHERE pk = 'q' AND sk = 1", "ConsistentRead": True},
    )
    problem = {"Code": "ValidationError", "Message": only_key}
    assert answer == [
        {"TableName": "likes", "Item": {"a": n(5)}},
        {"TableName": "likes"},
        {"TableName": "likes", "Error": problem},
        {"TableName": "events", "Error": problem},
        {"TableName": "events", "Item": {"pk": s("q"), "sk": n(1)}},
    ]


def test_a_batch_takes_capacity_for_each_statement(db, seeded):
    answer = db.batch_execute_statement(
        Statements=[
            {"Statement": "SELECT a FROM likes WHERE id = '1'", "ConsistentRead": True},
            {"Statement": "SELECT a FROM likes WHERE id = '2'"},
        ],
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["ConsumedCapacity"] == [
        {"TableName": "likes", "CapacityUnits": 1.0},
        {"TableName": "likes", "CapacityUnits": 0.5},
    ]
    mixed = [{"Statement": "SELECT * FROM likes WHERE id = '1'"}, {"Statement": "DELETE FROM likes WHERE id = '1'"}]  # fmt: skip
    refusal(db.batch_execute_statement, Statements=mixed)
    assert stored(db, "1") == ITEM
    many = [{"Statement": "DELETE FROM likes WHERE id = '1'"}] * 26
    assert "less than or equal to 25" in invalid(db.batch_execute_statement, Statements=many)


# ---- transactions --------------------------------------------------------------------------------


def transact(db, *statements, **more):
    statements = [s if isinstance(s, dict) else {"Statement": s} for s in statements]
    return db.execute_transaction(TransactStatements=statements, **more)


def test_statements_happen_together(db, seeded):
    db.put_item(TableName=seeded, Item={"id": s("3")})
    answer = transact(
        db,
        "INSERT INTO likes VALUE {'id': '2'}",
        "UPDATE likes SET a = a + 1 WHERE id = '1' AND attribute_exists(a)",
        "DELETE FROM likes WHERE id = 'nobody'",
        "EXISTS(SELECT * FROM likes WHERE id = '3' AND attribute_not_exists(a))",
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["Responses"] == []
    assert answer["ConsumedCapacity"] == [
        {"TableName": "likes", "CapacityUnits": 8.0, "WriteCapacityUnits": 8.0}
    ]
    assert stored(db, "2") == {"id": s("2")}
    assert stored(db, "1")["a"] == n(6)


def test_statements_are_cancelled_together(db, seeded):
    show = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    with pytest.raises(ClientError) as caught:
        transact(
            db,
            "INSERT INTO likes VALUE {'id': '2'}",
            "INSERT INTO likes VALUE {'id': '1'}",
            {"Statement": "UPDATE likes SET a = 1 WHERE id = 'x'", **show},
            "EXISTS(SELECT * FROM likes WHERE id = 'z' AND attribute_exists(a))",
        )
    failed = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    assert caught.value.response["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"},
        failed,
        failed,
    ]
    assert db.scan(TableName=seeded)["Items"] == [ITEM]


def test_a_transaction_of_reads_answers_each(db, seeded, row):
    answer = transact(
        db,
        "SELECT a FROM likes WHERE id = '1'",
        "SELECT * FROM likes WHERE id = 'nobody'",
        "SELECT * FROM events WHERE pk = 'q' AND sk = 1",
    )
    assert answer["Responses"] == [
        {"Item": {"a": n(5)}},
        {},
        {"Item": {"pk": s("q"), "sk": n(1)}},
    ]


@pytest.mark.parametrize(
    "statements, message",
    [
        (
            ["SELECT * FROM likes WHERE id = '1' AND attribute_exists(ss)"],
            "Validation failed in TransactStatements[0]: Select statements within "
            "ExecuteTransaction must specify the primary key in the where clause.",
        ),
        (
            ["EXISTS(SELECT * FROM likes WHERE id = '1')", "UPDATE likes SET z = 1 WHERE id = '2'"],
            "Validation failed in TransactStatements[0]: EXISTS() must contain a single item read "
            "with additional condition",
        ),
        (
            ["DELETE FROM likes WHERE id = '1'", "UPDATE likes SET a = 1 WHERE id = '1'"],
            "Transaction request cannot include multiple operations on one item",
        ),
        (["UPDATE likes SET a = 1 WHERE id = '1' foo"], LEFTOVER),
    ],
)
def test_transactions_that_are_wrong_change_nothing(db, seeded, statements, message):
    statements = [{"Statement": statement} for statement in statements]
    assert invalid(db.execute_transaction, TransactStatements=statements) == message
    assert db.scan(TableName=seeded)["Items"] == [ITEM]


def test_a_token_makes_statements_happen_once(hydrant, db, seeded):
    add = "UPDATE likes SET a = a + 1 WHERE id = '1'"
    transact(db, add, ClientRequestToken="token")
    transact(db, add, ClientRequestToken="token")
    assert stored(db, "1")["a"] == n(6)
    code, _ = refusal(
        db.execute_transaction,
        TransactStatements=[{"Statement": add + " AND a = 6"}],
        ClientRequestToken="token",
    )
    assert code == "IdempotentParameterMismatchException"
    hydrant.advance(601)
    transact(db, add, ClientRequestToken="token")
    assert stored(db, "1")["a"] == n(7)
