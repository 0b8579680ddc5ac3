"""CloudWatch Logs: settings that are kept and told: keys, tags, policies, destinations, saved queries."""

import json

import pytest

from logs_kit import BAD_TOKEN, NO_GROUP, logs, refused, stream

POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
KINESIS = "arn:aws:kinesis:us-east-1:000000000000:stream/k"
ROLE = "arn:aws:iam::000000000000:role/logs"


def test_a_key_is_associated_and_taken_away(logs, stream):
    key = "arn:aws:kms:us-east-1:000000000000:key/1"
    logs.associate_kms_key(logGroupName="/g", kmsKeyId=key)
    assert logs.describe_log_groups()["logGroups"][0]["kmsKeyId"] == key
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:/g"
    logs.disassociate_kms_key(resourceIdentifier=arn)
    assert "kmsKeyId" not in logs.describe_log_groups()["logGroups"][0]
    assert refused(logs.associate_kms_key, logGroupName="/h", kmsKeyId=key) == NO_GROUP
    assert refused(logs.disassociate_kms_key)[0] == "InvalidParameterException"


def test_old_and_new_operations_speak_of_the_same_tags(logs, stream):
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:/g"
    logs.tag_log_group(logGroupName="/g", tags={"a": "1", "b": "2"})
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "1", "b": "2"}
    logs.tag_resource(resourceArn=arn, tags={"c": "3"})
    logs.untag_log_group(logGroupName="/g", tags=["a", "x"])
    assert logs.list_tags_log_group(logGroupName="/g")["tags"] == {"b": "2", "c": "3"}
    assert refused(logs.tag_log_group, logGroupName="/h", tags={"a": "1"}) == NO_GROUP
    assert refused(logs.untag_log_group, logGroupName="/h", tags=["a"]) == NO_GROUP


def test_groups_are_listed_by_patterns_of_their_names(client, logs):
    for name in ("/aws/lambda/one", "/aws/firehose/two", "/own/one"):
        logs.create_log_group(logGroupName=name)
    if not hasattr(logs, "list_log_groups"):
        pytest.skip("this boto3 has no ListLogGroups")

    def listed(**arguments):
        return [g["logGroupName"] for g in logs.list_log_groups(**arguments)["logGroups"]]

    assert listed() == ["/aws/firehose/two", "/aws/lambda/one", "/own/one"]
    assert listed(logGroupNamePattern="one") == ["/aws/lambda/one", "/own/one"]
    assert listed(logGroupNamePattern="^/own|firehose") == ["/aws/firehose/two", "/own/one"]
    assert listed(logGroupClass="INFREQUENT_ACCESS") == []
    first = logs.list_log_groups(limit=2)
    assert listed(nextToken=first["nextToken"]) == ["/own/one"]
    assert first["logGroups"][0]["logGroupArn"].endswith(":log-group:/aws/firehose/two")


def test_a_resource_policy_is_kept_and_told(logs):
    put = logs.put_resource_policy(policyName="p", policyDocument=POLICY)["resourcePolicy"]
    assert (put["policyName"], put["policyDocument"]) == ("p", POLICY)
    [found] = logs.describe_resource_policies()["resourcePolicies"]
    assert found == put
    for n in range(9):
        logs.put_resource_policy(policyName=str(n), policyDocument=POLICY)
    logs.put_resource_policy(policyName="p", policyDocument="{}")
    assert refused(logs.put_resource_policy, policyName="q", policyDocument=POLICY) == (
        "LimitExceededException", 400, "Resource limit exceeded.")
    names, token = [], {}
    while token is not None:
        page = logs.describe_resource_policies(limit=4, **token)
        names += [p["policyName"] for p in page["resourcePolicies"]]
        token = {"nextToken": page["nextToken"]} if "nextToken" in page else None
    assert names == [str(n) for n in range(9)] + ["p"]
    logs.delete_resource_policy(policyName="p")
    assert refused(logs.delete_resource_policy, policyName="p")[0] == "ResourceNotFoundException"
    assert refused(logs.put_resource_policy, policyName="p", policyDocument="no")[0] == (
        "InvalidParameterException")
    assert refused(logs.describe_resource_policies, nextToken="x") == BAD_TOKEN


def test_a_destination_is_kept_and_told(logs):
    made = logs.put_destination(destinationName="d", targetArn=KINESIS, roleArn=ROLE)["destination"]
    logs.put_destination_policy(destinationName="d", accessPolicy=POLICY)
    changed = logs.put_destination(destinationName="d", targetArn=KINESIS + "2", roleArn=ROLE)
    [found] = logs.describe_destinations()["destinations"]
    assert found == changed["destination"] == {
        **made, "targetArn": KINESIS + "2", "accessPolicy": POLICY}
    assert logs.describe_destinations(DestinationNamePrefix="x")["destinations"] == []
    logs.delete_destination(destinationName="d")
    missing = ("ResourceNotFoundException", 400, "The specified destination does not exist.")
    assert refused(logs.delete_destination, destinationName="d") == missing
    assert refused(logs.put_destination_policy, destinationName="d", accessPolicy="x") == missing
    assert refused(logs.put_destination, destinationName="d", targetArn="x", roleArn=ROLE)[0] == (
        "InvalidParameterException")


def test_a_destination_has_tags_under_its_arn(logs):
    if "tags" not in logs.meta.service_model.operation_model("PutDestination").input_shape.members:
        pytest.skip("this boto3 knows no tags of destinations")
    arn = "arn:aws:logs:us-east-1:000000000000:destination:d"
    logs.put_destination(destinationName="d", targetArn=KINESIS, roleArn=ROLE, tags={"a": "1"})
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "1"}
    logs.tag_resource(resourceArn=arn, tags={"b": "2", "a": "3"})
    logs.untag_resource(resourceArn=arn, tagKeys=["b", "x"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "3"}
    assert "tags" not in logs.describe_destinations()["destinations"][0]
    assert refused(logs.tag_resource, resourceArn=arn, tags={str(n): "" for n in range(50)})[0] == (
        "TooManyTagsException")
    logs.delete_destination(destinationName="d")
    gone = ("ResourceNotFoundException", 400, "The specified resource does not exist.")
    assert refused(logs.list_tags_for_resource, resourceArn=arn) == gone
    logs.put_destination(destinationName="d", targetArn=KINESIS, roleArn=ROLE)
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {}


def test_a_saved_query_is_kept_and_told(logs):
    made = logs.put_query_definition(
        name="errors", queryString="fields @message", logGroupNames=["/g"])["queryDefinitionId"]
    other = logs.put_query_definition(name="x/y", queryString="stats count()")["queryDefinitionId"]
    assert logs.put_query_definition(
        queryDefinitionId=made, name="errors", queryString="fields @id")["queryDefinitionId"] == made
    found = {q["queryDefinitionId"]: q for q in logs.describe_query_definitions()["queryDefinitions"]}
    assert found[made]["queryString"] == "fields @id" and "logGroupNames" not in found[made]
    [named] = logs.describe_query_definitions(queryDefinitionNamePrefix="x/")["queryDefinitions"]
    assert (named["queryDefinitionId"], named["name"]) == (other, "x/y")
    assert logs.delete_query_definition(queryDefinitionId=made)["success"] is True
    assert refused(logs.delete_query_definition, queryDefinitionId=made)[0] == "ResourceNotFoundException"
    assert refused(logs.put_query_definition, queryDefinitionId=made, name="n", queryString="q")[0] == (
        "ResourceNotFoundException")
