"""Random operations on a table and on a model of it, with kills in between: both stay the same."""

import copy
import decimal
import os
import random

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

STEPS = int(os.environ.get("CRASH_ROUNDS", "10")) * 30
TABLE = "world"
PARTITIONS, SORTS = "abc", range(5)

serialize = TypeSerializer().serialize
deserialize = TypeDeserializer().deserialize


def wire(item):
    return {name: serialize(value) for name, value in item.items()}


def plain(item):
    return {name: deserialize(value) for name, value in item.items()}


class Refused(Exception):
    """The model refuses; the argument is the code."""


# ---- the model: what an operation does to a dictionary of items ----------------------------------


class Model:
    def __init__(self):
        self.items = {}

    def check(self, key, condition):
        if condition and not condition[1](self.items.get(key, {})):
            raise Refused("ConditionalCheckFailedException")

    def put(self, key, item, condition=None):
        self.check(key, condition)
        self.items[key] = copy.deepcopy(item)

    def delete(self, key, condition=None):
        self.check(key, condition)
        self.items.pop(key, None)

    def update(self, key, change, condition=None):
        self.check(key, condition)
        item = copy.deepcopy(self.items.get(key, {"pk": key[0], "sk": key[1]}))
        change[1](item)
        if key in self.items or not change[2]:
            self.items[key] = item

    def together(self, steps):
        """All or nothing."""
        before = copy.deepcopy(self.items)
        failed = []
        for step in steps:
            trial = Model()
            trial.items = copy.deepcopy(before)
            try:
                step(trial)
            except Refused:
                failed.append(step)
        if failed:
            raise Refused("TransactionCanceledException")
        for step in steps:
            step(self)


# ---- what is done at random ----------------------------------------------------------------------


def add_number(item):
    if not isinstance(item.get("n", 0), decimal.Decimal) and "n" in item:
        raise Refused("ValidationException")
    item["n"] = item.get("n", decimal.Decimal(0)) + 1


def add_elements(item):
    if "s" in item and not isinstance(item["s"], set):
        raise Refused("ValidationException")
    item["s"] = item.get("s", set()) | {"x", "y"}


def delete_element(item):
    if "s" not in item:
        return
    if not isinstance(item["s"], set):
        raise Refused("ValidationException")
    item["s"] = item["s"] - {"x"}
    if not item["s"]:
        del item["s"]


def set_nested(item):
    if not isinstance(item.get("m"), dict):
        raise Refused("ValidationException")
    item["m"]["deep"] = "v"


def copy_attribute(item):
    if "n" not in item:
        raise Refused("ValidationException")
    item["copied"] = item["n"]


# expression, its effect, whether it makes nothing of nothing, its values
CHANGES = [
    ("ADD n :one", add_number, False, {":one": 1}),
    ("ADD s :xy", add_elements, False, {":xy": {"x", "y"}}),
    ("DELETE s :x", delete_element, True, {":x": {"x"}}),
    ("SET m.deep = :v", set_nested, False, {":v": "v"}),
    ("SET copied = n", copy_attribute, False, {}),
    ("REMOVE n, s", lambda i: (i.pop("n", 0), i.pop("s", 0)), True, {}),
    ("SET t = :t REMOVE m", lambda i: (i.update(t="tt"), i.pop("m", 0)), False, {":t": "tt"}),
]

# expression, whether it holds, its values
CONDITIONS = [
    ("attribute_exists(pk)", lambda i: "pk" in i, {}),
    ("attribute_not_exists(pk)", lambda i: "pk" not in i, {}),
    ("n >= :c", lambda i: isinstance(i.get("n"), decimal.Decimal) and i["n"] >= 2, {":c": 2}),
    ("contains(s, :c)", lambda i: isinstance(i.get("s"), set) and "x" in i["s"], {":c": "x"}),
    ("NOT t = :c", lambda i: i.get("t") != "tt", {":c": "tt"}),
]


def random_item(r, key):
    item = {"pk": key[0], "sk": key[1]}
    if r.random() < 0.7:
        item["n"] = decimal.Decimal(r.randint(-3, 5))
    if r.random() < 0.5:
        item["s"] = set(r.sample("xyzw", r.randint(1, 3)))
    if r.random() < 0.5:
        item["m"] = {"a": [decimal.Decimal(1), "b"], "big": "x" * r.choice([1, 1, 3000])}
    if r.random() < 0.3:
        item["t"] = r.choice(["tt", "é", ""])
    return item


class Run:
    """One random run against a daemon."""

    def __init__(self, hydrant, client, seed):
        self.hydrant, self.client = hydrant, client
        self.random = random.Random(seed)
        self.model = Model()
        self.connect()
        self.db.create_table(
            TableName=TABLE,
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "N"},
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )

    def connect(self):
        self.db = self.client("dynamodb", parameter_validation=False)

    def key(self):
        return (self.random.choice(PARTITIONS), decimal.Decimal(self.random.choice(SORTS)))

    # Each gives the request's part, and what the model does.

    def some_write(self, key):
        kind = self.random.choice(["Put", "Update", "Delete"])
        condition = self.random.choice([None, None, *CONDITIONS])
        part = {"TableName": TABLE}
        values = {}
        if condition:
            part["ConditionExpression"] = condition[0]
            values.update(condition[2])
        if kind == "Put":
            item = random_item(self.random, key)
            part["Item"] = wire(item)
            step = lambda m: m.put(key, item, condition)  # noqa: E731
        else:
            part["Key"] = wire({"pk": key[0], "sk": key[1]})
            step = lambda m: m.delete(key, condition)  # noqa: E731
        if kind == "Update":
            change = self.random.choice(CHANGES)
            part["UpdateExpression"] = change[0]
            values.update(change[3])
            step = lambda m: m.update(key, change, condition)  # noqa: E731
        if values:
            part["ExpressionAttributeValues"] = wire(values)
        return kind, part, step

    def single(self):
        kind, part, step = self.some_write(self.key())
        self.compare(lambda: getattr(self.db, f"{kind.lower()}_item")(**part), step)

    def keys(self, count):
        every = [(p, decimal.Decimal(s)) for p in PARTITIONS for s in SORTS]
        return self.random.sample(every, count)

    def batch(self):
        requests, steps = [], []
        for key in self.keys(self.random.randint(1, 8)):
            if self.random.random() < 0.6:
                item = random_item(self.random, key)
                requests.append({"PutRequest": {"Item": wire(item)}})
                steps.append(lambda m, key=key, item=item: m.put(key, item))
            else:
                requests.append({"DeleteRequest": {"Key": wire({"pk": key[0], "sk": key[1]})}})
                steps.append(lambda m, key=key: m.delete(key))
        self.compare(
            lambda: self.db.batch_write_item(RequestItems={TABLE: requests}),
            lambda m: [step(m) for step in steps],
        )

    def transaction(self):
        writes = [self.some_write(key) for key in self.keys(self.random.randint(1, 5))]
        items = [{kind: part} for kind, part, _ in writes]
        steps = [step for _, _, step in writes]
        token = str(self.random.random())

        def send():
            for _ in range(self.random.choice([1, 1, 2])):
                self.db.transact_write_items(TransactItems=items, ClientRequestToken=token)

        self.compare(send, lambda m: m.together(steps))

    def statement(self):
        key = self.key()
        where = f"WHERE pk = '{key[0]}' AND sk = {key[1]}"
        kind = self.random.choice(["insert", "update", "delete"])
        if kind == "insert":
            text = f"INSERT INTO {TABLE} VALUE {{'pk': '{key[0]}', 'sk': {key[1]}, 't': 'tt'}}"
            item = {"pk": key[0], "sk": key[1], "t": "tt"}

            def step(m):
                if key in m.items:
                    raise Refused("DuplicateItemException")
                m.put(key, item)

        elif kind == "update":
            text = f"UPDATE {TABLE} SET n = 7 REMOVE t {where}"

            def step(m):
                if key not in m.items:
                    raise Refused("ConditionalCheckFailedException")
                m.items[key]["n"] = decimal.Decimal(7)
                m.items[key].pop("t", None)

        else:
            text = f"DELETE FROM {TABLE} {where}"
            step = lambda m: m.delete(key)  # noqa: E731
        self.compare(lambda: self.db.execute_statement(Statement=text), step)

    def query(self):
        partition = self.random.choice(PARTITIONS)
        low = self.random.choice(SORTS)
        arguments = {
            "TableName": TABLE,
            "KeyConditionExpression": "pk = :p AND sk >= :s",
            "ExpressionAttributeValues": wire({":p": partition, ":s": low}),
            "ScanIndexForward": self.random.random() < 0.5,
            "Limit": self.random.randint(1, 4),
        }
        found = []
        while True:
            answer = self.db.query(**arguments)
            found += [plain(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                break
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        expected = [
            item
            for key, item in sorted(self.model.items.items(), key=lambda pair: pair[0])
            if key[0] == partition and key[1] >= low
        ]
        assert found == (expected if arguments["ScanIndexForward"] else expected[::-1])

    def kill(self):
        self.hydrant.kill()
        self.hydrant.start()
        self.connect()

    # ---- the comparison ----

    def compare(self, send, step):
        expected = copy.deepcopy(self.model)
        try:
            step(expected)
            refusal = None
        except Refused as refused:
            refusal = refused.args[0]
        try:
            send()
            code = None
        except ClientError as error:
            code = error.response["Error"]["Code"]
        assert code == refusal
        if refusal is None:
            self.model = expected

    def check(self):
        answer = self.db.scan(TableName=TABLE, ConsistentRead=True)
        found = {}
        for item in answer["Items"]:
            item = plain(item)
            found[(item["pk"], item["sk"])] = item
        assert found == self.model.items
        assert len(found) == len(answer["Items"])


SEEDS = [int(os.environ["CRASH_SEED"])] if "CRASH_SEED" in os.environ else [1, 2, 3]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_does_what_a_model_of_it_does(hydrant, client, seed):
    run = Run(hydrant, client, seed)
    kinds = [run.single] * 8 + [run.batch, run.transaction, run.statement, run.query] * 2
    for step in range(STEPS):
        if step % 60 == 59:
            run.kill()
        run.random.choice(kinds)()
        run.check()
    counts = run.db.describe_table(TableName=TABLE)["Table"]
    assert counts["ItemCount"] == len(run.model.items)
