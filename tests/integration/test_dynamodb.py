"""DynamoDB through boto3 and the command line: tables, batches, streams."""

import json
import sqlite3
import uuid

import pytest

from dynamodb_kit import db, events, likes  # noqa: F401
from dynamodb_kit import PROVISIONED, invalid, make_table, n, refusal, s


# ---- tables ---------------------------------------------------------------------------------------


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


# ---- batches --------------------------------------------------------------------------------------


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


# ---- streams --------------------------------------------------------------------------------------


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


# ---- what is not there yet ------------------------------------------------------------------------


def test_an_operation_that_is_not_supported_names_itself(db):
    code, message = refusal(db.list_global_tables)
    assert code == "UnknownOperationException"
    assert "ListGlobalTables" in message


# ---- the command line -----------------------------------------------------------------------------


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
