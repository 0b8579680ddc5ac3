"""Kills in the middle of transactions: each happens once, all of it, however often it is sent."""

import os
import random
import threading

import pytest
from botocore.exceptions import BotoCoreError, ClientError

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "5"))
SEED = int(os.environ.get("CRASH_SEED", "1"))
COUNTERS, SENDERS = 4, 4


def transaction(token):
    """Adds one to every counter, and keeps a row of its own."""
    add = "ADD n :one"
    updates = [
        {
            "Update": {
                "TableName": "counters",
                "Key": {"id": {"S": str(i)}},
                "UpdateExpression": add,
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        }
        for i in range(COUNTERS)
    ]
    row = {"Put": {"TableName": "counters", "Item": {"id": {"S": f"row {token}"}}}}
    return {"TransactItems": [*updates, row], "ClientRequestToken": token}


def statements(token):
    """The same as PartiQL."""
    add = [
        {"Statement": "UPDATE counters SET n = n + 1 WHERE id = ?", "Parameters": [{"S": str(i)}]}
        for i in range(COUNTERS)
    ]
    row = {
        "Statement": "INSERT INTO counters VALUE {'id': ?}",
        "Parameters": [{"S": f"row {token}"}],
    }
    return {"TransactStatements": [*add, row], "ClientRequestToken": token}


def send(db, token):
    if token.startswith("p"):
        db.execute_transaction(**statements(token))
    else:
        db.transact_write_items(**transaction(token))


class Sender(threading.Thread):
    """Sends new transactions until the daemon is gone."""

    def __init__(self, db, name):
        super().__init__()
        self.db, self.prefix = db, name
        self.sent, self.acknowledged = [], []

    def run(self):
        for number in range(100_000):
            token = f"{'pt'[number % 2]}-{self.prefix}-{number}"
            self.sent.append(token)
            try:
                send(self.db, token)
            except (BotoCoreError, ClientError):
                return
            self.acknowledged.append(token)


def state_of(db):
    """The counters' values, and the tokens that have a row."""
    counters, rows, start = {}, set(), {}
    while True:
        answer = db.scan(TableName="counters", **start)
        for item in answer["Items"]:
            id = item["id"]["S"]
            if id.startswith("row "):
                rows.add(id[4:])
            else:
                counters[id] = int(item["n"]["N"])
        if "LastEvaluatedKey" not in answer:
            return counters, rows
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


@pytest.mark.parametrize("round", range(ROUNDS))
def test_a_transaction_that_is_sent_again_after_a_kill_has_happened_once(hydrant, client, round):
    db = client("dynamodb")
    db.create_table(
        TableName="counters",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for i in range(COUNTERS):
        db.put_item(TableName="counters", Item={"id": {"S": str(i)}, "n": {"N": "0"}})

    senders = [Sender(client("dynamodb"), f"{i}") for i in range(SENDERS)]
    wanted = random.Random(SEED * 1000 + round).randint(1, 400)
    for sender in senders:
        sender.start()
    while sum(len(sender.acknowledged) for sender in senders) < wanted:
        senders[0].join(0.001)
    hydrant.kill()
    for sender in senders:
        sender.join()
    hydrant.start()
    db = client("dynamodb")

    counters, rows = state_of(db)
    sent = {token for sender in senders for token in sender.sent}
    acknowledged = {token for sender in senders for token in sender.acknowledged}
    assert acknowledged <= rows <= sent
    assert counters == {str(i): len(rows) for i in range(COUNTERS)}

    for token in sent:
        send(db, token)
    counters, rows = state_of(db)
    assert rows == sent
    assert counters == {str(i): len(sent) for i in range(COUNTERS)}
