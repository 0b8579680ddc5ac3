"""What the DynamoDB tests share: tables as fixtures, short forms of values and refusals."""

import pytest
from botocore.exceptions import ClientError

PROVISIONED = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}


@pytest.fixture
def db(client):
    return client("dynamodb", parameter_validation=False)


@pytest.fixture
def likes(db):
    """A table with a partition key `id`."""
    return make_table(db, "likes", hash=("id", "S"))


@pytest.fixture
def events(db):
    """A table with a partition key `pk` and a numeric sort key `sk`."""
    return make_table(db, "events", hash=("pk", "S"), range=("sk", "N"))


def make_table(db, name, hash, range=None, **more):
    keys = [(hash, "HASH")] + ([(range, "RANGE")] if range else [])
    db.create_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": key[0], "AttributeType": key[1]} for key, _ in keys
        ],
        KeySchema=[{"AttributeName": key[0], "KeyType": kind} for key, kind in keys],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    return name


def refusal(call, **arguments):
    """The code and message a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def invalid(call, **arguments):
    code, message = refusal(call, **arguments)
    assert code == "ValidationException", (code, message)
    return message


def s(text):
    return {"S": text}


def n(number):
    return {"N": str(number)}


def update(db, expression, id="1", names=None, **values):
    arguments = {
        "TableName": "likes",
        "Key": {"id": s(id)},
        "UpdateExpression": expression,
        "ReturnValues": "ALL_NEW",
    }
    if values:
        arguments["ExpressionAttributeValues"] = {f":{k}": v for k, v in values.items()}
    if names:
        arguments["ExpressionAttributeNames"] = names
    return db.update_item(**arguments).get("Attributes")


def nested(levels):
    value = s("leaf")
    for _ in range(levels):
        value = {"M": {"a": value}}
    return value


def put(db, item, **more):
    return db.put_item(TableName="likes", Item={"id": s("1"), **item}, **more)


def get(db, id="1"):
    return db.get_item(TableName="likes", Key={"id": s(id)}).get("Item")
