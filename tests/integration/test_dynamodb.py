"""DynamoDB through boto3: tables, items, expressions, pages, batches."""

import json
import sqlite3
import uuid

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


def scan_with(db, expression, **values):
    arguments = {"TableName": "likes", "FilterExpression": expression}
    if values:
        arguments["ExpressionAttributeValues"] = {f":{k}": v for k, v in values.items()}
    return sorted(item["id"]["S"] for item in db.scan(**arguments)["Items"])


# ---- tables ---------------------------------------------------------------------------------


def test_a_new_table_is_creating_in_the_answer_and_active_when_described(db):
    created = db.create_table(
        TableName="Likes_Tab",
        AttributeDefinitions=[{"AttributeName": "element_class", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "element_class", "KeyType": "HASH"}],
        ProvisionedThroughput=PROVISIONED,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    described = db.describe_table(TableName="Likes_Tab")["Table"]

    assert created["TableStatus"] == "CREATING"
    assert described["TableStatus"] == "ACTIVE"
    assert described["KeySchema"] == [{"AttributeName": "element_class", "KeyType": "HASH"}]
    assert described["AttributeDefinitions"] == [
        {"AttributeName": "element_class", "AttributeType": "S"}
    ]
    assert described["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **PROVISIONED}
    assert described["WarmThroughput"] == {
        "ReadUnitsPerSecond": 5,
        "WriteUnitsPerSecond": 6,
        "Status": "ACTIVE",
    }
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Likes_Tab"
    assert described["TableArn"] == arn
    assert described["LatestStreamArn"] == f"{arn}/stream/{described['LatestStreamLabel']}"
    assert described["StreamSpecification"] == {
        "StreamEnabled": True,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    assert str(uuid.UUID(described["TableId"])) == created["TableId"]
    assert described["CreationDateTime"] == created["CreationDateTime"]
    assert "BillingModeSummary" not in described
    assert described["DeletionProtectionEnabled"] is False


def test_an_on_demand_table_says_so(db, likes):
    table = db.describe_table(TableName=likes)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert table["WarmThroughput"]["ReadUnitsPerSecond"] == 12000


def test_a_table_cannot_be_created_twice(db, likes):
    code, message = refusal(make_table, db=db, name="likes", hash=("id", "S"))
    assert (code, message) == ("ResourceInUseException", "Table already exists: likes")


def test_tables_of_other_accounts_and_regions_are_not_seen(client, db, likes):
    for other in (
        client("dynamodb", region="eu-west-1"),
        client("dynamodb", key="111122223333"),
    ):
        assert other.list_tables()["TableNames"] == []
        code, message = refusal(other.describe_table, TableName=likes)
        assert code == "ResourceNotFoundException"
        assert message == "Requested resource not found: Table: likes not found"


@pytest.mark.parametrize(
    "definitions, keys, message",
    [
        (
            "a:S",
            "a:HASH b:RANGE",
            "Invalid KeySchema: Some index key attribute have no definition",
        ),
        (
            "a:S b:S",
            "a:HASH c:RANGE",
            "One or more parameter values were invalid: Some index key attributes are not defined "
            "in AttributeDefinitions. Keys: [a, c], AttributeDefinitions: [a, b]",
        ),
        (
            "a:S b:S",
            "a:HASH a:RANGE",
            "Both the Hash Key and the Range Key element in the KeySchema have the same name",
        ),
        (
            "a:S",
            "a:RANGE",
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ),
        (
            "a:S b:S",
            "a:HASH",
            "One or more parameter values were invalid: Number of attributes in KeySchema does not "
            "exactly match number of attributes defined in AttributeDefinitions",
        ),
    ],
)
def test_a_key_schema_must_make_sense(db, definitions, keys, message):
    def pairs(text, second):
        parts = (part.split(":") for part in text.split())
        return [{"AttributeName": name, second: value} for name, value in parts]

    assert message == invalid(
        db.create_table,
        TableName="strange",
        AttributeDefinitions=pairs(definitions, "AttributeType"),
        KeySchema=pairs(keys, "KeyType"),
        BillingMode="PAY_PER_REQUEST",
    )
    assert db.list_tables()["TableNames"] == []


def test_throughput_must_fit_the_billing_mode(db):
    arguments = {
        "TableName": "likes",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
    assert "must both be specified" in invalid(db.create_table, **arguments)
    assert "Neither ReadCapacityUnits nor WriteCapacityUnits" in invalid(
        db.create_table,
        BillingMode="PAY_PER_REQUEST",
        ProvisionedThroughput=PROVISIONED,
        **arguments,
    )


def test_indexes_are_refused_by_name(db):
    message = invalid(
        make_table,
        db=db,
        name="likes",
        hash=("id", "S"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_name",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    assert "GlobalSecondaryIndexes" in message


def test_a_deleted_table_is_gone_with_its_items(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1")})
    gone = db.delete_table(TableName=likes)["TableDescription"]
    assert gone["TableStatus"] == "DELETING"
    assert gone["ItemCount"] == 1
    assert "KeySchema" not in gone and "CreationDateTime" not in gone
    assert refusal(db.delete_table, TableName=likes) == (
        "ResourceNotFoundException",
        "Requested resource not found: Table: likes not found",
    )

    make_table(db, "likes", hash=("id", "S"))

    assert db.scan(TableName=likes)["Items"] == []
    assert db.describe_table(TableName=likes)["Table"]["ItemCount"] == 0


def test_a_protected_table_is_not_deleted(db):
    make_table(db, "kept", hash=("id", "S"), DeletionProtectionEnabled=True)
    assert "protected against deletion" in invalid(db.delete_table, TableName="kept")
    assert db.list_tables()["TableNames"] == ["kept"]


def test_tables_are_listed_by_name_in_pages(db):
    for name in ("ccc", "aaa", "bbb"):
        make_table(db, name, hash=("id", "S"))
    first = db.list_tables(Limit=2)
    assert first["TableNames"] == ["aaa", "bbb"]
    assert first["LastEvaluatedTableName"] == "bbb"
    rest = db.list_tables(ExclusiveStartTableName="bbb", Limit=2)
    assert rest["TableNames"] == ["ccc"]
    assert "LastEvaluatedTableName" not in rest


def test_a_table_counts_its_items_and_bytes(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "text": s("four")})
    db.put_item(TableName=likes, Item={"id": s("2"), "text": s("éé")})
    db.put_item(TableName=likes, Item={"id": s("1"), "n": n("123456")})
    table = db.describe_table(TableName=likes)["Table"]
    assert table["ItemCount"] == 2
    assert table["TableSizeBytes"] == (2 + 1 + 1 + 4) + (2 + 1 + 4 + 4)

    db.delete_item(TableName=likes, Key={"id": s("1")})
    table = db.describe_table(TableName=likes)["Table"]
    assert (table["ItemCount"], table["TableSizeBytes"]) == (1, 11)


def test_tags_are_kept_with_the_table(db):
    make_table(db, "tagged", hash=("id", "S"), Tags=[{"Key": "team", "Value": "a"}])
    arn = db.describe_table(TableName="tagged")["Table"]["TableArn"]
    db.tag_resource(
        ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}, {"Key": "env", "Value": "test"}]
    )
    assert db.list_tags_of_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "env", "Value": "test"},
        {"Key": "team", "Value": "b"},
    ]
    db.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert db.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "env", "Value": "test"}]


def test_what_terraform_asks_of_a_table_is_answered(db, likes):
    assert db.describe_time_to_live(TableName=likes)["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "DISABLED"
    }
    backups = db.describe_continuous_backups(TableName=likes)["ContinuousBackupsDescription"]
    assert backups["ContinuousBackupsStatus"] == "ENABLED"
    recovery = backups["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "DISABLED"
    assert refusal(db.describe_continuous_backups, TableName="nothere") == (
        "TableNotFoundException",
        "Table not found: nothere",
    )
    assert db.describe_limits()["TableMaxReadCapacityUnits"] == 40000


# ---- items ----------------------------------------------------------------------------------


def test_every_type_comes_back_as_it_went_in(db, likes):
    item = {
        "id": s("1"),
        "empty": s(""),
        "text": s('quo"te \\ \n ü 𝄞'),
        "number": n("-12.5"),
        "bytes": {"B": bytes(range(256))},
        "yes": {"BOOL": True},
        "no": {"BOOL": False},
        "nothing": {"NULL": True},
        "list": {"L": [s("a"), n(1), {"L": []}, {"M": {"x": {"BOOL": True}}}]},
        "map": {"M": {"b": s("1"), "a": {"M": {}}}},
        "strings": {"SS": ["a", "b"]},
        "numbers": {"NS": ["-2", "1", "10"]},
        "blobs": {"BS": [b"\x00", b"\xff"]},
    }
    db.put_item(TableName=likes, Item=item)
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == item


def test_a_missing_item_gives_no_item_member(db, likes):
    assert "Item" not in db.get_item(TableName=likes, Key={"id": s("1")})


@pytest.mark.parametrize(
    "given, kept",
    [
        ("+3", "3"),
        (".123", "0.123"),
        ("001.23", "1.23"),
        ("00", "0"),
        ("-0", "0"),
        ("1e+5", "100000"),
        ("1.5E2", "150"),
        ("1.10", "1.1"),
        ("-17.4E3", "-17400"),
        ("1E125", "1" + "0" * 125),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("9" * 38 + "E88", "9" * 38 + "0" * 88),
    ],
)
def test_numbers_are_kept_in_one_form(db, likes, given, kept):
    db.put_item(TableName=likes, Item={"id": s("1"), "n": n(given)})
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"]["n"] == n(kept)


@pytest.mark.parametrize(
    "given, message",
    [
        ("abc", "The parameter cannot be converted to a numeric value: abc"),
        ("1.2.3", "The parameter cannot be converted to a numeric value: 1.2.3"),
        (" 1", "The parameter cannot be converted to a numeric value:  1"),
        ("1e", "The parameter cannot be converted to a numeric value: 1e"),
        ("NaN", "The parameter cannot be converted to a numeric value: NaN"),
        ("", "The parameter cannot be converted to a numeric value"),
        ("1" * 39, "Attempting to store more than 38 significant digits in a Number"),
        (
            "1E126",
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range",
        ),
        (
            "1e99999999999",
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range",
        ),
        (
            "1E-131",
            "Number underflow. Attempting to store a number with magnitude smaller than supported "
            "range",
        ),
    ],
)
def test_what_is_no_number_is_refused(db, likes, given, message):
    assert message == invalid(db.put_item, TableName=likes, Item={"id": s("1"), "n": n(given)})
    assert db.scan(TableName=likes)["Items"] == []


@pytest.mark.parametrize(
    "value, message",
    [
        ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        (
            {"S": "a", "N": "1"},
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the supported datatypes",
        ),
        (
            {"NULL": False},
            "One or more parameter values were invalid: Null attribute value types must have the "
            "value of true",
        ),
        (
            {"SS": []},
            "One or more parameter values were invalid: An string set  may not be empty",
        ),
        (
            {"NS": []},
            "One or more parameter values were invalid: An number set  may not be empty",
        ),
        (
            {"BS": []},
            "One or more parameter values were invalid: Binary sets should not be empty",
        ),
        (
            {"SS": ["b", "a", "b"]},
            "One or more parameter values were invalid: Input collection [b, a, b] contains "
            "duplicates.",
        ),
        (
            {"BS": [b"b", b"b"]},
            "One or more parameter values were invalid: Input collection [Yg==, Yg==]of type BS "
            "contains duplicates.",
        ),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    ],
)
def test_values_follow_the_rules(db, likes, value, message):
    assert message == invalid(db.put_item, TableName=likes, Item={"id": s("1"), "v": value})


def nested(levels):
    value = s("leaf")
    for _ in range(levels):
        value = {"M": {"a": value}}
    return value


def test_values_nest_32_levels_and_no_more(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "v": nested(31)})
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"]["v"] == nested(31)
    assert invalid(
        db.put_item, TableName=likes, Item={"id": s("1"), "v": nested(32)}
    ).startswith("Nesting Levels have exceeded supported limits")


def test_an_item_takes_400_kilobytes_and_no_more(db, likes):
    overhead = len("id1") + len("text")
    db.put_item(TableName=likes, Item={"id": s("1"), "text": s("x" * (409600 - overhead))})
    assert "Item size has exceeded the maximum allowed size" == invalid(
        db.put_item, TableName=likes, Item={"id": s("1"), "text": s("x" * (409601 - overhead))}
    )


@pytest.mark.parametrize(
    "item, message",
    [
        (
            {"other": {"S": "1"}},
            "One or more parameter values were invalid: Missing the key id in the item",
        ),
        (
            {"id": {"N": "1"}},
            "One or more parameter values were invalid: Type mismatch for key id expected: S "
            "actual: N",
        ),
        (
            {"id": {"S": ""}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: id",
        ),
        (
            {"id": {"S": "x" * 2049}},
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes",
        ),
    ],
)
def test_an_item_must_have_its_key(db, likes, item, message):
    assert message == invalid(db.put_item, TableName=likes, Item=item)


@pytest.mark.parametrize(
    "key", [{}, {"id": {"N": "1"}}, {"id": {"S": "1"}, "x": {"S": "1"}}, {"x": {"S": "1"}}]
)
def test_a_key_must_be_the_schemas(db, likes, key):
    for call in (db.get_item, db.delete_item, db.update_item):
        assert "The provided key element does not match the schema" == invalid(
            call, TableName=likes, Key=key
        )


def test_numeric_keys_are_equal_by_value(db):
    make_table(db, "numbers", hash=("k", "N"))
    db.put_item(TableName="numbers", Item={"k": n("1000"), "v": s("first")})
    db.put_item(TableName="numbers", Item={"k": n("1e3"), "v": s("second")})
    assert db.scan(TableName="numbers")["Items"] == [{"k": n(1000), "v": s("second")}]
    assert db.get_item(TableName="numbers", Key={"k": n("1000.0")})["Item"]["v"] == s("second")


def test_put_and_delete_return_the_old_item_when_asked(db, likes):
    old = {"id": s("1"), "v": n(1)}
    first = db.put_item(TableName=likes, Item=old, ReturnValues="ALL_OLD")
    second = db.put_item(TableName=likes, Item={"id": s("1")}, ReturnValues="ALL_OLD")
    third = db.delete_item(TableName=likes, Key={"id": s("1")}, ReturnValues="ALL_OLD")
    fourth = db.delete_item(TableName=likes, Key={"id": s("1")}, ReturnValues="ALL_OLD")
    assert "Attributes" not in first
    assert second["Attributes"] == old
    assert third["Attributes"] == {"id": s("1")}
    assert "Attributes" not in fourth
    assert "ReturnValues can only be ALL_OLD or NONE" == invalid(
        db.put_item, TableName=likes, Item=old, ReturnValues="ALL_NEW"
    )


def test_an_unknown_table_is_not_found(db):
    expected = ("ResourceNotFoundException", "Requested resource not found")
    assert refusal(db.put_item, TableName="nothere", Item={"id": s("1")}) == expected
    assert refusal(db.get_item, TableName="nothere", Key={"id": s("1")}) == expected
    assert refusal(db.scan, TableName="nothere") == expected


def test_a_name_no_table_can_have_is_told_apart(db):
    assert "[a-zA-Z0-9_.-]+" in invalid(db.scan, TableName="no;table")
    assert "[a-zA-Z0-9_.-]+" in invalid(db.describe_table, TableName="no;table")


def test_a_query_of_a_table_without_sort_key_finds_its_item(db, likes):
    for id in ("1", "2"):
        db.put_item(TableName=likes, Item={"id": s(id)})
    arguments = {
        "TableName": likes,
        "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": s("1")},
    }
    assert db.query(**arguments)["Items"] == [{"id": s("1")}]
    assert (
        "The provided exclusive start key is invalid: ExclusiveStartKey: {id=AttributeValue: {S:1}}"
        == invalid(db.query, ExclusiveStartKey={"id": s("1")}, **arguments)
    )


def test_a_table_can_be_named_by_its_arn(db, likes):
    arn = db.describe_table(TableName=likes)["Table"]["TableArn"]
    db.put_item(TableName=arn, Item={"id": s("1")})
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == {"id": s("1")}


def test_consumed_capacity_follows_sizes(db, likes):
    put = db.put_item(
        TableName=likes, Item={"id": s("1"), "t": s("x" * 1100)}, ReturnConsumedCapacity="TOTAL"
    )
    assert put["ConsumedCapacity"] == {"TableName": likes, "CapacityUnits": 2.0}
    got = db.get_item(TableName=likes, Key={"id": s("1")}, ReturnConsumedCapacity="INDEXES")
    assert got["ConsumedCapacity"] == {
        "TableName": likes,
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.5},
    }
    scanned = db.scan(TableName=likes, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    assert scanned["ConsumedCapacity"]["CapacityUnits"] == 1.0


def test_legacy_parameters_are_refused_by_name(db, likes):
    item = {"id": s("1")}
    for call, arguments in (
        (db.put_item, {"Item": item, "Expected": {"id": {"Exists": False}}}),
        (db.update_item, {"Key": item, "AttributeUpdates": {"a": {"Value": s("1")}}}),
        (db.scan, {"ScanFilter": {"id": {"ComparisonOperator": "NULL"}}}),
        (db.query, {"KeyConditions": {"id": {"ComparisonOperator": "EQ"}}}),
        (db.get_item, {"Key": item, "AttributesToGet": ["id"]}),
    ):
        name = list(arguments)[-1]
        assert name in invalid(call, TableName=likes, **arguments)


def test_acknowledged_items_survive_a_kill(hydrant, db, likes):
    for i in range(20):
        db.put_item(TableName=likes, Item={"id": s(str(i)), "v": n(i)})
    hydrant.process.kill()
    hydrant.process.wait()
    hydrant.process.stdout.close()
    hydrant.start()

    import boto3

    again = boto3.client(
        "dynamodb",
        endpoint_url=hydrant.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    items = again.scan(TableName=likes)["Items"]
    assert {item["id"]["S"]: item["v"]["N"] for item in items} == {
        str(i): str(i) for i in range(20)
    }
    assert again.describe_table(TableName=likes)["Table"]["ItemCount"] == 20


# ---- scan and query --------------------------------------------------------------------------


def fill(db, table, partitions, rows):
    for p in range(partitions):
        for r in range(rows):
            db.put_item(TableName=table, Item={"pk": s(f"p{p}"), "sk": n(r), "even": n(r % 2)})


def pages(call, **arguments):
    while True:
        page = call(**arguments)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def keys_of(items):
    return [(item["pk"]["S"], int(item["sk"]["N"])) for item in items]


def test_scan_pages_show_every_item_once(db, events):
    fill(db, events, 3, 4)
    found = list(pages(db.scan, TableName=events, Limit=5))
    assert [page["Count"] for page in found] == [5, 5, 2]
    keys = [key for page in found for key in keys_of(page["Items"])]
    assert sorted(keys) == [(f"p{p}", r) for p in range(3) for r in range(4)]
    assert keys == keys_of(db.scan(TableName=events)["Items"])


def test_a_page_ends_after_a_megabyte(db, events):
    for i in range(5):
        db.put_item(TableName=events, Item={"pk": s("p"), "sk": n(i), "t": s("x" * 300_000)})
    found = list(
        pages(
            db.query,
            TableName=events,
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": s("p")},
        )
    )
    assert [keys_of(page["Items"]) for page in found] == [
        [("p", 0), ("p", 1), ("p", 2), ("p", 3)],
        [("p", 4)],
    ]


def test_segments_are_disjoint_and_complete(db, likes):
    for i in range(40):
        db.put_item(TableName=likes, Item={"id": s(str(i))})
    seen = []
    for segment in range(3):
        items = db.scan(TableName=likes, Segment=segment, TotalSegments=3)["Items"]
        seen += [int(item["id"]["S"]) for item in items]
    assert sorted(seen) == list(range(40))
    assert "The Segment parameter is zero-based and must be less than parameter TotalSegments" in (
        invalid(db.scan, TableName=likes, Segment=3, TotalSegments=3)
    )


def test_filters_count_what_was_scanned(db, events):
    fill(db, events, 1, 6)
    page = db.scan(
        TableName=events,
        FilterExpression="even = :one",
        ExpressionAttributeValues={":one": n(1)},
        Limit=4,
    )
    assert (page["Count"], page["ScannedCount"]) == (2, 4)
    assert keys_of(page["Items"]) == [("p0", 1), ("p0", 3)]
    assert page["LastEvaluatedKey"] == {"pk": s("p0"), "sk": n(3)}
    counted = db.scan(TableName=events, Select="COUNT")
    assert counted["Count"] == 6 and "Items" not in counted


@pytest.mark.parametrize(
    "condition, expected",
    [
        ("sk = :a", [2]),
        ("sk < :a", [-3, 0, 1.5]),
        ("sk <= :a", [-3, 0, 1.5, 2]),
        ("sk > :a", [10, 100]),
        ("sk >= :a", [2, 10, 100]),
        (":a >= sk", [-3, 0, 1.5, 2]),
        ("sk BETWEEN :z AND :b", [0, 1.5, 2, 10]),
    ],
)
def test_sort_keys_are_ranges_in_numeric_order(db, events, condition, expected):
    for number in (10, 2, 0, -3, 100, 1.5):
        db.put_item(TableName=events, Item={"pk": s("p"), "sk": n(number)})
    db.put_item(TableName=events, Item={"pk": s("q"), "sk": n(2)})
    names = {":p": s("p"), ":a": n(2), ":z": n(0), ":b": n(10)}
    arguments = {
        "TableName": events,
        "KeyConditionExpression": f"pk = :p AND {condition}",
        "ExpressionAttributeValues": {
            k: v for k, v in names.items() if k in f":p {condition}"
        },
    }
    forward = [float(item["sk"]["N"]) for item in db.query(**arguments)["Items"]]
    backward = [
        float(item["sk"]["N"])
        for page in pages(db.query, ScanIndexForward=False, Limit=1, **arguments)
        for item in page["Items"]
    ]
    assert forward == expected
    assert backward == expected[::-1]


def test_strings_are_queried_by_their_beginning(db):
    make_table(db, "files", hash=("pk", "S"), range=("path", "S"))
    for path in ("a", "a/1", "a/2", "a0", "b"):
        db.put_item(TableName="files", Item={"pk": s("p"), "path": s(path)})
    items = db.query(
        TableName="files",
        KeyConditionExpression="pk = :p AND begins_with(#p, :b)",
        ExpressionAttributeNames={"#p": "path"},
        ExpressionAttributeValues={":p": s("p"), ":b": s("a/")},
    )["Items"]
    assert [item["path"]["S"] for item in items] == ["a/1", "a/2"]


@pytest.mark.parametrize(
    "condition, message",
    [
        ("pk > :s", "Query key condition not supported"),
        ("sk = :n", "Query condition missed key schema element: pk"),
        ("pk = :s AND extra = :n", "Query condition missed key schema element: sk"),
        ("pk = :s AND pk = :s", "KeyConditionExpressions must only contain one condition per key"),
        ("pk = :s OR sk = :n", "Invalid operator used in KeyConditionExpression: OR"),
        ("pk <> :s", "Invalid operator used in KeyConditionExpression: <>"),
        (
            "pk = :n",
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type",
        ),
        (
            "pk = :s AND begins_with(sk, :n)",
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N",
        ),
    ],
)
def test_key_conditions_follow_the_rules(db, events, condition, message):
    values = {":s": s("p"), ":n": n(1)}
    assert message == invalid(
        db.query,
        TableName=events,
        KeyConditionExpression=condition,
        ExpressionAttributeValues={k: v for k, v in values.items() if k in condition},
    )


def test_a_query_needs_a_key_condition_and_no_key_in_its_filter(db, events):
    assert invalid(db.query, TableName=events).startswith("Either the KeyConditions or")
    assert (
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"
        == invalid(
            db.query,
            TableName=events,
            KeyConditionExpression="pk = :p",
            FilterExpression="sk = :n",
            ExpressionAttributeValues={":p": s("p"), ":n": n(1)},
        )
    )


def test_start_keys_are_checked(db, events):
    arguments = {
        "TableName": events,
        "KeyConditionExpression": "pk = :p AND sk > :n",
        "ExpressionAttributeValues": {":p": s("p"), ":n": n(5)},
    }
    for start, message in (
        ({"pk": s("p")}, "The provided starting key is invalid"),
        (
            {"pk": s("q"), "sk": n(6)},
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
        (
            {"pk": s("p"), "sk": n(1)},
            "The provided starting key does not match the range key predicate",
        ),
    ):
        assert message == invalid(db.query, ExclusiveStartKey=start, **arguments)


def test_projections_pick_paths(db, likes):
    db.put_item(
        TableName=likes,
        Item={
            "id": s("1"),
            "m": {"M": {"a": n(1), "b": {"L": [n(0), n(1), n(2)]}}},
            "x": s("left out"),
        },
    )
    got = db.get_item(
        TableName=likes,
        Key={"id": s("1")},
        ProjectionExpression="#m.b[2], #m.b[0], nothere.a, id",
        ExpressionAttributeNames={"#m": "m"},
    )
    assert got["Item"] == {"id": s("1"), "m": {"M": {"b": {"L": [n(0), n(2)]}}}}
    nothing = db.get_item(TableName=likes, Key={"id": s("1")}, ProjectionExpression="nothere")
    assert nothing["Item"] == {}


# ---- conditions ------------------------------------------------------------------------------


def test_a_failed_condition_changes_nothing_and_can_show_the_item(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "v": n(1)})
    with pytest.raises(ClientError) as caught:
        db.put_item(
            TableName=likes,
            Item={"id": s("1"), "v": n(2)},
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    response = caught.value.response
    assert response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert response["Error"]["Message"] == "The conditional request failed"
    assert response["Item"] == {"id": s("1"), "v": n(1)}
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"]["v"] == n(1)


def test_conditions_are_true_where_they_should_be(db, likes):
    db.put_item(
        TableName=likes,
        Item={
            "id": s("1"),
            "num": n(5),
            "txt": s("hello"),
            "tags": {"SS": ["x", "y"]},
            "items_": {"L": [s("x"), {"M": {"k": n(1)}}]},
            "map": {"M": {"k": n(1), "z": s("")}},
            "flag": {"BOOL": True},
            "sign": s("é𝄞"),
        },
    )
    db.put_item(TableName=likes, Item={"id": s("2"), "num": s("5")})
    only_first, only_second, both, none = ["1"], ["2"], ["1", "2"], []
    for expression, values, expected in (
        ("num = :a", {"a": n("5.0")}, only_first),
        ("num <> :a", {"a": n(5)}, only_second),
        ("nothere <> :a", {"a": n(5)}, both),
        ("nothere < :a", {"a": n(5)}, none),
        ("num < :a", {"a": n(6)}, only_first),
        ("num BETWEEN :a AND :b", {"a": n(1), "b": n(5)}, only_first),
        ("num IN (:a, :b)", {"a": s("5"), "b": n(7)}, only_second),
        ("attribute_exists(tags)", {}, only_first),
        ("attribute_not_exists(tags)", {}, only_second),
        ("attribute_exists(items_[1].k)", {}, only_first),
        ("attribute_exists(items_[2])", {}, none),
        ("attribute_type(num, :a)", {"a": s("S")}, only_second),
        ("begins_with(txt, :a)", {"a": s("hel")}, only_first),
        ("contains(txt, :a)", {"a": s("ell")}, only_first),
        ("contains(tags, :a)", {"a": s("y")}, only_first),
        ("contains(tags, :a)", {"a": s("z")}, none),
        ("contains(items_, :a)", {"a": {"M": {"k": n(1)}}}, only_first),
        ("tags = :a", {"a": {"SS": ["y", "x"]}}, only_first),
        ("#m = :a", {"a": {"M": {"z": s(""), "k": n(1)}}}, only_first),
        ("size(sign) = :a", {"a": n(3)}, only_first),
        ("size(items_) = :a", {"a": n(2)}, only_first),
        ("size(num) <> :a", {"a": n(9)}, only_second),
        ("NOT num = :a", {"a": n(5)}, only_second),
        ("NOT NOT num = :a", {"a": n(5)}, only_first),
        ("num = :a or num = :b and flag = :c", {"a": s("5"), "b": n(5), "c": {"BOOL": True}}, both),
        ("(num = :a OR num = :b) AND flag = :c", {"a": s("5"), "b": n(5), "c": {"BOOL": True}},
         only_first),
        ("num=:a AND(txt=:b)", {"a": n(5), "b": s("hello")}, only_first),
        (":a = num", {"a": n(5)}, only_first),
    ):
        arguments = {"TableName": likes, "FilterExpression": expression}
        if values:
            arguments["ExpressionAttributeValues"] = {f":{k}": v for k, v in values.items()}
        if "#m" in expression:
            arguments["ExpressionAttributeNames"] = {"#m": "map"}
        found = sorted(item["id"]["S"] for item in db.scan(**arguments)["Items"])
        assert found == expected, expression


@pytest.mark.parametrize(
    "expression, message",
    [
        ("", "The expression can not be empty;"),
        ("!!", 'Syntax error; token: "!", near: "!!"'),
        ("(", 'Syntax error; token: "<EOF>", near: "("'),
        ("a = = b", 'Syntax error; token: "=", near: "= = b"'),
        ("a", 'Syntax error; token: "<EOF>", near: "a"'),
        ("a = :a AND", 'Syntax error; token: "<EOF>", near: "AND"'),
        ("((a = :a))", "The expression has redundant parentheses;"),
        ("abOrt = :a", "Attribute name is a reserved keyword; reserved keyword: abOrt"),
        ("f(a)", "Invalid function name; function: f"),
        (
            "size(a)",
            "The function is not allowed to be used this way in an expression; function: size",
        ),
        (
            "attribute_exists(a) < :a",
            "The function is not allowed to be used this way in an expression; function: "
            "attribute_exists",
        ),
        (
            "size(a, b) = :a",
            "Incorrect number of operands for operator or function; operator or function: size, "
            "number of operands: 2",
        ),
        (
            "attribute_exists(:a)",
            "Operator or function requires a document path; operator or function: "
            "attribute_exists",
        ),
        (
            "a = a",
            "The first operand must be distinct from the remaining operands for this operator or "
            "function; operator: =, first operand: [a]",
        ),
        (
            "#x = :a",
            "An expression attribute name used in the document path is not defined; attribute "
            "name: #x",
        ),
        (
            "a = :b",
            "An expression attribute value used in expression is not defined; attribute value: :b",
        ),
        (
            "a.b[99999999999999] = :a",
            "List index is not within the allowable range; index: [99999999999999]",
        ),
        (
            ".".join("a" * 33) + " = :a",
            "The document path has too many nesting levels; nesting levels: 33",
        ),
        (
            "a = :a" + " OR a = :a" * 150,
            "The expression contains too many operators; operator count: 301",
        ),
        (
            "a = :a" + " " * 4100,
            "Expression size has exceeded the maximum allowed size; expression size: 4106",
        ),
    ],
)
def test_conditions_that_are_wrong_are_refused(db, likes, expression, message):
    assert f"Invalid ConditionExpression: {message}" == invalid(
        db.put_item,
        TableName=likes,
        Item={"id": s("1")},
        ConditionExpression=expression,
        ExpressionAttributeValues={":a": n(1)},
    )
    assert db.scan(TableName=likes)["Items"] == []


def test_placeholders_must_be_used_and_well_formed(db, likes):
    arguments = {"TableName": likes, "Item": {"id": s("1")}}
    condition = {"ConditionExpression": "attribute_not_exists(id)"}
    assert (
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a, :b}"
        == invalid(
            db.put_item,
            ExpressionAttributeValues={":b": n(1), ":a": n(1)},
            **condition,
            **arguments,
        )
    )
    assert "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}" == invalid(
        db.put_item, ExpressionAttributeNames={"#a": "a"}, **condition, **arguments
    )
    assert 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"' == invalid(
        db.put_item, ExpressionAttributeNames={"a": "a"}, **condition, **arguments
    )
    assert "ExpressionAttributeValues must not be empty" == invalid(
        db.put_item, ExpressionAttributeValues={}, **condition, **arguments
    )
    assert "ExpressionAttributeNames can only be specified when using expressions" == invalid(
        db.put_item, ExpressionAttributeNames={"#a": "a"}, **arguments
    )
    assert (
        "ExpressionAttributeValues can only be specified when using expressions: "
        "ConditionExpression is null"
        == invalid(db.put_item, ExpressionAttributeValues={":a": n(1)}, **arguments)
    )
    assert (
        "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
        "numeric value: x for key :a"
        == invalid(
            db.put_item,
            ExpressionAttributeValues={":a": n("x")},
            ConditionExpression="v = :a",
            **arguments,
        )
    )


# ---- updates ---------------------------------------------------------------------------------


def test_an_update_makes_the_item_it_does_not_find(db, likes):
    assert update(db, "SET v = :a, w = if_not_exists(nothere, :a)", a=n(1)) == {
        "id": s("1"),
        "v": n(1),
        "w": n(1),
    }
    db.update_item(TableName=likes, Key={"id": s("2")})
    assert db.get_item(TableName=likes, Key={"id": s("2")})["Item"] == {"id": s("2")}
    assert update(db, "REMOVE v", id="3") is None
    assert "Item" not in db.get_item(TableName=likes, Key={"id": s("3")})


def test_updates_compute_from_the_item_as_it_was(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "a": n("0.1"), "b": n(2)})
    assert update(db, "SET a = b, b = a + :x", x=n("0.2")) == {
        "id": s("1"),
        "a": n(2),
        "b": n("0.3"),
    }
    assert update(db, "SET a = (:x - b)", x=n("1e10"))["a"] == n("9999999999.7")


def test_lists_are_changed_by_their_old_indices(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "l": {"L": [n(0), n(1), n(2), n(3)]}})
    assert update(db, "REMOVE l[0], l[2]")["l"] == {"L": [n(1), n(3)]}
    assert update(db, "SET l[9] = :b, l[5] = :a, l[0] = :c", a=s("a"), b=s("b"), c=s("c"))["l"] == {
        "L": [s("c"), n(3), s("a"), s("b")]
    }
    assert update(db, "SET l = list_append(:a, l)", a={"L": [n(7)]})["l"] == {
        "L": [n(7), s("c"), n(3), s("a"), s("b")]
    }


def test_add_and_delete_work_on_numbers_and_sets(db, likes):
    assert update(db, "ADD hits :one, m :set", one=n(1), set={"SS": ["b"]}) == {
        "id": s("1"),
        "hits": n(1),
        "m": {"SS": ["b"]},
    }
    changed = update(db, "ADD hits :two, m :set", two=n(2), set={"SS": ["c", "a", "b"]})
    assert changed["hits"] == n(3)
    assert changed["m"] == {"SS": ["a", "b", "c"]}
    assert update(db, "DELETE m :set", set={"SS": ["a", "z"]})["m"] == {"SS": ["b", "c"]}
    assert "m" not in update(db, "DELETE m :set", set={"SS": ["b", "c"]})


def test_nested_paths_are_set_in_place(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "m": {"M": {"a": n(1), "c": n(3)}}})
    assert update(db, "SET m.b = :v REMOVE m.a ADD m.c :v", v=n(2))["m"] == {
        "M": {"b": n(2), "c": n(5)}
    }


def test_updated_values_are_only_the_paths_touched(db, likes):
    db.put_item(
        TableName=likes,
        Item={"id": s("1"), "m": {"M": {"a": n(1), "b": n(2)}}, "l": {"L": [n(0), n(1), n(2)]}},
    )

    def touched(expression, which, **values):
        arguments = {"ExpressionAttributeValues": values} if values else {}
        return db.update_item(
            TableName=likes,
            Key={"id": s("1")},
            UpdateExpression=expression,
            ReturnValues=which,
            **arguments,
        ).get("Attributes")

    assert touched("SET m.a = :v", "UPDATED_OLD", **{":v": n(9)}) == {"m": {"M": {"a": n(1)}}}
    assert touched("SET m.a = :v", "UPDATED_NEW", **{":v": n(8)}) == {"m": {"M": {"a": n(8)}}}
    assert touched("SET l[1] = :v", "UPDATED_NEW", **{":v": n(7)}) == {"l": {"L": [n(7)]}}
    assert touched("REMOVE l[1]", "UPDATED_NEW") == {"l": {"L": [n(2)]}}
    assert touched("SET fresh = :v", "UPDATED_OLD", **{":v": n(7)}) is None
    assert touched("REMOVE fresh", "UPDATED_NEW") is None


@pytest.mark.parametrize(
    "expression, message",
    [
        ("", "The expression can not be empty;"),
        ("INVALID SYNTAX", 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'),
        ("SET a = :n SET b = :n", 'The "SET" section can only be used once in an update expression;'),
        (
            "SET a = :n, a.b = :n",
            "Two document paths overlap with each other; must remove or rewrite one of these "
            "paths; path one: [a], path two: [a, b]",
        ),
        (
            "SET a.b = :n, a[1] = :n",
            "Two document paths conflict with each other; must remove or rewrite one of these "
            "paths; path one: [a, b], path two: [a, [1]]",
        ),
        (
            "ADD a :s",
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
        ),
        (
            "SET a = :s + :n",
            "Incorrect operand type for operator or function; operator or function: +, operand "
            "type: S",
        ),
        ("SET a = nofunction(:n)", "Invalid function name; function: nofunction"),
    ],
)
def test_updates_that_are_wrong_are_refused(db, likes, expression, message):
    values = {":n": n(1), ":s": s("x")}
    used = {k: v for k, v in values.items() if k in expression}
    arguments = {"ExpressionAttributeValues": used} if used else {}
    assert f"Invalid UpdateExpression: {message}" == invalid(
        db.update_item,
        TableName=likes,
        Key={"id": s("1")},
        UpdateExpression=expression,
        **arguments,
    )


@pytest.mark.parametrize(
    "expression, message",
    [
        (
            "SET a = nothere",
            "The provided expression refers to an attribute that does not exist in the item",
        ),
        (
            "SET nothere.a = :n",
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "REMOVE nothere.a",
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "SET a = txt + :n",
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "ADD txt :n",
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "SET a = big + big",
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range",
        ),
        (
            "SET id = :n",
            "One or more parameter values were invalid: Cannot update attribute id. This attribute "
            "is part of the key",
        ),
        (
            "SET id.a = :n",
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: Key: id",
        ),
    ],
)
def test_updates_that_do_not_fit_the_item_change_nothing(db, likes, expression, message):
    item = {"id": s("1"), "txt": s("x"), "big": n("9" + "0" * 125)}
    db.put_item(TableName=likes, Item=item)
    arguments = {"ExpressionAttributeValues": {":n": n(1)}} if ":n" in expression else {}
    assert message == invalid(
        db.update_item,
        TableName=likes,
        Key={"id": s("1")},
        UpdateExpression=expression,
        **arguments,
    )
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == item


def test_updates_cannot_nest_items_without_end(db, likes):
    db.put_item(TableName=likes, Item={"id": s("1"), "v": nested(31)})
    assert invalid(
        update, db=db, expression="SET w = list_append(:e, :e), x = :v", e={"L": [s("a")]}, v=nested(32)
    ).startswith("ExpressionAttributeValues contains invalid value: Nesting Levels")
    db.put_item(TableName=likes, Item={"id": s("1"), "v": nested(31), "m": {"M": {}}})
    assert invalid(update, db=db, expression="SET m.a = v").startswith("Nesting Levels")


def test_updates_cannot_make_items_too_large(db, likes):
    half = {"L": [s("x" * 300_000)]}
    db.put_item(TableName=likes, Item={"id": s("1"), "v": half})
    twice = "list_append(v, v)"
    many = "v"
    for _ in range(60):
        many = f"list_append({many}, v)"
    for expression in (f"SET w = {twice}", "SET w = v", f"SET w = {many}", "SET " + ", ".join(
        f"a{i} = v" for i in range(200)
    )):
        assert "Item size to update has exceeded the maximum allowed size" == invalid(
            update, db=db, expression=expression
        )
    assert db.get_item(TableName=likes, Key={"id": s("1")})["Item"] == {"id": s("1"), "v": half}


def test_attribute_names_have_a_maximum_in_bytes(db, likes):
    long = "é" * 40_000
    assert "65535" in invalid(db.put_item, TableName=likes, Item={"id": s("1"), long: n(1)})
    assert "65535" in invalid(
        update, db=db, expression="SET #a = :a", names={"#a": long}, a=n(1)
    )


# ---- batches ---------------------------------------------------------------------------------


def test_a_batch_writes_and_reads_several_tables(db, likes, events):
    written = db.batch_write_item(
        RequestItems={
            likes: [{"PutRequest": {"Item": {"id": s(str(i)), "v": n(i)}}} for i in range(3)],
            events: [{"PutRequest": {"Item": {"pk": s("p"), "sk": n(1)}}}],
        },
        ReturnConsumedCapacity="TOTAL",
    )
    assert written["UnprocessedItems"] == {}
    assert {c["TableName"]: c["CapacityUnits"] for c in written["ConsumedCapacity"]} == {
        likes: 3.0,
        events: 1.0,
    }
    db.batch_write_item(RequestItems={likes: [{"DeleteRequest": {"Key": {"id": s("0")}}}]})
    got = db.batch_get_item(
        RequestItems={
            likes: {
                "Keys": [{"id": s(str(i))} for i in range(3)],
                "ProjectionExpression": "v",
            },
            events: {"Keys": [{"pk": s("p"), "sk": n(1)}]},
        }
    )
    assert sorted(item["v"]["N"] for item in got["Responses"][likes]) == ["1", "2"]
    assert got["Responses"][events] == [{"pk": s("p"), "sk": n(1)}]
    assert got["UnprocessedKeys"] == {}


def test_a_batch_that_is_wrong_writes_nothing(db, likes):
    good = {"PutRequest": {"Item": {"id": s("1")}}}
    for requests, message in (
        (
            [good, {"DeleteRequest": {"Key": {"id": s("1")}}}],
            "Provided list of item keys contains duplicates",
        ),
        (
            [good, {"PutRequest": {"Item": {"x": s("1")}}}],
            "One or more parameter values were invalid: Missing the key id in the item",
        ),
    ):
        assert message == invalid(db.batch_write_item, RequestItems={likes: requests})
    assert refusal(
        db.batch_write_item, RequestItems={likes: [good], "nothere": [good]}
    ) == ("ResourceNotFoundException", "Requested resource not found")
    assert db.scan(TableName=likes)["Items"] == []


def test_batches_have_a_maximum(db, likes):
    many = [{"PutRequest": {"Item": {"id": s(str(i))}}} for i in range(26)]
    assert "25" in invalid(db.batch_write_item, RequestItems={likes: many})
    keys = [{"id": s(str(i))} for i in range(101)]
    assert "100" in invalid(db.batch_get_item, RequestItems={likes: {"Keys": keys}})
    assert "Provided list of item keys contains duplicates" == invalid(
        db.batch_get_item, RequestItems={likes: {"Keys": [{"id": s("1")}, {"id": s("1")}]}}
    )


# ---- streams ---------------------------------------------------------------------------------


def stream_records(hydrant):
    """What streams keep, in order: event, size, which images are there. Stops the daemon."""
    hydrant.stop()
    with sqlite3.connect(hydrant.data / "main" / "hydrant.db") as rows:
        return list(
            rows.execute(
                "SELECT event, size, old_image IS NOT NULL, new_image IS NOT NULL"
                " FROM dynamodb_stream_record ORDER BY sequence"
            )
        )


INSERT, MODIFY, REMOVE = 1, 2, 3


@pytest.mark.parametrize(
    "view, sizes",
    [
        ("NEW_AND_OLD_IMAGES", [(INSERT, 24, 0, 1), (MODIFY, 40, 1, 1), (REMOVE, 28, 1, 0)]),
        ("NEW_IMAGE", [(INSERT, 24, 0, 1), (MODIFY, 28, 0, 1), (REMOVE, 12, 0, 0)]),
        ("OLD_IMAGE", [(INSERT, 12, 0, 0), (MODIFY, 24, 1, 0), (REMOVE, 28, 1, 0)]),
        ("KEYS_ONLY", [(INSERT, 12, 0, 0), (MODIFY, 12, 0, 0), (REMOVE, 12, 0, 0)]),
    ],
)
def test_a_stream_keeps_what_changed_and_nothing_else(hydrant, db, view, sizes):
    stream = {"StreamEnabled": True, "StreamViewType": view}
    make_table(db, "users", hash=("Username", "S"), StreamSpecification=stream)
    key = {"Username": s("Fred")}
    tagged = {**key, "t": {"SS": ["b", "aa"]}}

    db.delete_item(TableName="users", Key=key)
    db.put_item(TableName="users", Item=key)
    db.put_item(TableName="users", Item=key)
    db.put_item(TableName="users", Item=tagged)
    db.put_item(TableName="users", Item={"t": {"SS": ["aa", "b"]}, **key})
    db.update_item(TableName="users", Key=key, UpdateExpression="REMOVE nothere")
    refusal(
        db.put_item,
        TableName="users",
        Item=key,
        ConditionExpression="attribute_not_exists(Username)",
    )
    db.delete_item(TableName="users", Key=key)

    assert stream_records(hydrant) == sizes


# ---- what is not there yet -------------------------------------------------------------------


def test_an_operation_that_is_not_supported_names_itself(db):
    code, message = refusal(db.transact_write_items, TransactItems=[])
    assert code == "UnknownOperationException"
    assert "TransactWriteItems" in message


# ---- the command line ------------------------------------------------------------------------


def test_the_command_line_makes_a_table_and_reads_what_was_put(cli):
    cli(
        *("dynamodb", "create-table", "--table-name", "Likes_Tab"),
        *("--attribute-definitions", "AttributeName=element_class,AttributeType=S"),
        *("--key-schema", "AttributeName=element_class,KeyType=HASH"),
        *("--provisioned-throughput", "ReadCapacityUnits=5,WriteCapacityUnits=5"),
        *("--stream-specification", "StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES"),
    )
    cli("dynamodb", "wait", "table-exists", "--table-name", "Likes_Tab")
    item = {"element_class": s("1001"), "likes": n(3)}
    cli("dynamodb", "put-item", "--table-name", "Likes_Tab", "--item", json.dumps(item))
    key = json.dumps({"element_class": s("1001")})
    got = cli("dynamodb", "get-item", "--table-name", "Likes_Tab", "--key", key)
    assert json.loads(got) == {"Item": item}
    scanned = json.loads(cli("dynamodb", "scan", "--table-name", "Likes_Tab"))
    assert (scanned["Items"], scanned["Count"]) == ([item], 1)
    cli("dynamodb", "delete-table", "--table-name", "Likes_Tab")
    cli("dynamodb", "wait", "table-not-exists", "--table-name", "Likes_Tab")
