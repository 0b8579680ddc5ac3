"""CloudWatch metrics: what Firehose and Lambda measure, and the API in all three wire protocols."""

import datetime
import json
import os
import pathlib
import struct
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

import botocore.exceptions
import pytest

from metric_kit import HOUR, Measured, dimensions, now

PLUGINS = pathlib.Path(os.environ["PLUGINS"])
ROLE = "arn:aws:iam::000000000000:role/delivery"
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:f"
NAMESPACE = "{http://monitoring.amazonaws.com/doc/2010-08-01/}"


@pytest.fixture
def arguments():
    return ("--function", f"f={PLUGINS}/plugin_by_word.so")


@pytest.fixture
def cloudwatch(client):
    return client("cloudwatch")


@pytest.fixture
def stream(hydrant, cloudwatch):
    return Measured(hydrant, cloudwatch, "AWS/Firehose", DeliveryStreamName="s")


def create_stream(client, processors=None, **members):
    if processors:
        members["ProcessingConfiguration"] = {"Enabled": True, "Processors": [
            {"Type": "Lambda", "Parameters": [
                {"ParameterName": "LambdaArn", "ParameterValue": LAMBDA},
                {"ParameterName": "NumberOfRetries", "ParameterValue": processors},
            ]}]}
    client("firehose").create_delivery_stream(
        DeliveryStreamName="s",
        ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE, "BucketARN": "arn:aws:s3:::bucket", **members},
    )


# ---- what Firehose and Lambda measure ----------------------------------------------------


def test_puts_are_measured_by_request_record_and_byte(client, stream):
    create_stream(client)
    firehose = client("firehose")
    firehose.put_record(DeliveryStreamName="s", Record={"Data": b"12345"})
    firehose.put_record_batch(DeliveryStreamName="s", Records=[{"Data": b"12"}, {"Data": b"3456"}])
    assert stream("IncomingBytes") == (2, 11)
    assert stream("IncomingRecords") == (2, 3)
    assert stream("IncomingPutRequests") == (2, 2)
    assert stream("PutRecord.Bytes") == (1, 5)
    assert stream("PutRecord.Requests") == (1, 1)
    assert stream("PutRecordBatch.Bytes") == (1, 6)
    assert stream("PutRecordBatch.Records") == (1, 2)
    assert stream("PutRecordBatch.Requests") == (1, 1)
    assert 0 < stream("PutRecord.Latency", "Maximum")[0] < 60000
    assert 0 < stream("PutRecordBatch.Latency", "Maximum")[0] < 60000
    assert stream.datapoints("IncomingBytes", "Sum")[0]["Unit"] == "Bytes"
    assert stream.datapoints("PutRecord.Latency", "Sum")[0]["Unit"] == "Milliseconds"


def test_a_refused_put_is_not_incoming(client, stream):
    create_stream(client)
    firehose = client("firehose")
    with pytest.raises(botocore.exceptions.ClientError):
        firehose.put_record_batch(
            DeliveryStreamName="s", Records=[{"Data": bytes(900000)}] * 5)
    assert stream("IncomingRecords") is None


def test_a_delivery_is_measured_on_the_moved_clock(hydrant, client, stream):
    client("s3").create_bucket(Bucket="bucket")
    create_stream(client, BufferingHints={"SizeInMBs": 5, "IntervalInSeconds": 120})
    client("firehose").put_record_batch(
        DeliveryStreamName="s", Records=[{"Data": b"12"}, {"Data": b"3456"}])
    assert stream("DeliveryToS3.Success") is None
    hydrant.advance(120)
    assert stream("DeliveryToS3.Success") == (1, 1)
    assert stream("DeliveryToS3.Records") == (1, 2)
    assert stream("DeliveryToS3.Bytes") == (1, 6)
    assert stream("DeliveryToS3.ObjectCount") == (1, 1)
    freshness, = stream("DeliveryToS3.DataFreshness", "Maximum")
    assert 119 <= freshness <= 180


def test_a_failed_delivery_adds_samples_of_nothing(hydrant, client, stream):
    create_stream(client, BufferingHints={"SizeInMBs": 5, "IntervalInSeconds": 60})
    client("firehose").put_record(DeliveryStreamName="s", Record={"Data": b"12"})
    hydrant.advance(60)
    attempts, delivered = stream("DeliveryToS3.Success")
    assert attempts >= 1 and delivered == 0
    assert stream("DeliveryToS3.Records") == (attempts, 0)
    assert stream("DeliveryToS3.Bytes") == (attempts, 0)
    assert stream("DeliveryToS3.ObjectCount") is None
    client("s3").create_bucket(Bucket="bucket")
    hydrant.advance(600)
    assert stream("DeliveryToS3.Success")[1] == 1
    assert stream("DeliveryToS3.Bytes")[1] == 2


def test_transforms_are_measured_for_firehose_and_lambda(hydrant, client, cloudwatch, stream):
    client("s3").create_bucket(Bucket="bucket")
    create_stream(client, processors="1")
    client("firehose").put_record_batch(
        DeliveryStreamName="s",
        Records=[{"Data": b"plain"}, {"Data": b"drop"}, {"Data": b"fail"}])
    hydrant.advance(600)
    function = Measured(hydrant, cloudwatch, "AWS/Lambda", FunctionName="f")
    assert stream("ExecuteProcessing.Success") == (1, 1)
    assert stream("ExecuteProcessing.Duration", "SampleCount") == (1,)
    records, bytes_in = stream("SucceedProcessing.Records")[1], stream("SucceedProcessing.Bytes")[1]
    assert (records, bytes_in) == (2, 9)
    assert function("Invocations") == (1, 1)
    assert function("Errors") == (1, 0)
    assert function("Throttles") == (1, 0)
    assert function("ConcurrentExecutions", "Maximum") == (1,)
    assert function("Duration", "Minimum")[0] >= 0


def test_control_calls_are_measured(client, stream, hydrant, cloudwatch):
    create_stream(client)
    firehose = client("firehose")
    firehose.describe_delivery_stream(DeliveryStreamName="s")
    firehose.describe_delivery_stream(DeliveryStreamName="s")
    firehose.list_delivery_streams()
    assert stream("DescribeDeliveryStream.Requests") == (2, 2)
    assert stream("DescribeDeliveryStream.Latency", "SampleCount") == (2,)
    assert Measured(hydrant, cloudwatch, "AWS/Firehose")("ListDeliveryStreams.Requests") == (1, 1)


def test_what_was_read_once_is_there_after_a_kill(hydrant, client, folder):
    create_stream(client)
    for _ in range(5):
        client("firehose").put_record(DeliveryStreamName="s", Record={"Data": b"12345"})
    measured = Measured(hydrant, client("cloudwatch"), "AWS/Firehose", DeliveryStreamName="s")
    assert measured("IncomingBytes") == (5, 25)
    hydrant.kill()
    hydrant.start()
    measured = Measured(hydrant, client("cloudwatch"), "AWS/Firehose", DeliveryStreamName="s")
    client("firehose").put_record(DeliveryStreamName="s", Record={"Data": b"12345"})
    assert measured("IncomingBytes") == (6, 30)


# ---- the API -----------------------------------------------------------------------------


def put(cloudwatch, name="m", **datum):
    cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": name, **datum}])


def fails(function, **named):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        function(**named)
    response = caught.value.response
    return response["Error"]["Code"], response["Error"]["Message"]


def test_periods_begin_at_start_time_and_end_before_end_time(hydrant, cloudwatch):
    start = now(hydrant).replace(second=0, microsecond=0) - HOUR
    for minute in range(6):
        put(cloudwatch, Value=minute, Timestamp=start + datetime.timedelta(minutes=minute))
    points = cloudwatch.get_metric_statistics(
        Namespace="N", MetricName="m", StartTime=start + datetime.timedelta(minutes=1, seconds=30),
        EndTime=start + datetime.timedelta(minutes=5), Period=120, Statistics=["Sum", "Average"],
    )["Datapoints"]
    assert [(p["Timestamp"] - start, p["Sum"], p["Average"], p["Unit"]) for p in points] == [
        (datetime.timedelta(minutes=1), 3, 1.5, "None"),
        (datetime.timedelta(minutes=3), 7, 3.5, "None"),
    ]


def test_percentiles_come_from_single_values(hydrant, cloudwatch):
    put(cloudwatch, Values=[float(n) for n in range(1, 101)])
    put(cloudwatch, name="set", StatisticValues={
        "SampleCount": 4, "Sum": 10, "Minimum": 1, "Maximum": 4})
    at = now(hydrant)
    asked = {"Namespace": "N", "StartTime": at - HOUR, "EndTime": at + HOUR, "Period": 86400,
             "ExtendedStatistics": ["p50", "p99.5"]}
    points = cloudwatch.get_metric_statistics(MetricName="m", **asked)["Datapoints"]
    assert points[0]["ExtendedStatistics"] == {"p50": 50.0, "p99.5": 100.0}
    points = cloudwatch.get_metric_statistics(MetricName="set", **asked)["Datapoints"]
    assert points[0]["ExtendedStatistics"] == {}


def query(identity, name="m", **members):
    return {"Id": identity, "MetricStat": {
        "Metric": {"Namespace": "N", "MetricName": name}, "Period": 60, "Stat": "Sum"}, **members}


def test_metric_data_comes_newest_first_and_in_pages(hydrant, cloudwatch):
    start = now(hydrant).replace(second=0, microsecond=0) - HOUR
    minute = datetime.timedelta(minutes=1)
    for n in range(3):
        put(cloudwatch, Value=n, Timestamp=start + n * minute)
        put(cloudwatch, name="other", Value=10 + n, Timestamp=start + n * minute)
    asked = {"StartTime": start, "EndTime": start + HOUR}
    queries = [query("a"), query("b", "other", Label="B"), query("c", ReturnData=False)]
    answer = cloudwatch.get_metric_data(MetricDataQueries=queries, **asked)
    assert [(r["Id"], r["Label"], r["Values"], r["StatusCode"])
            for r in answer["MetricDataResults"]] == [
        ("a", "m", [2, 1, 0], "Complete"), ("b", "B", [12, 11, 10], "Complete")]
    assert answer["MetricDataResults"][0]["Timestamps"] == [start + n * minute for n in (2, 1, 0)]
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, ScanBy="TimestampAscending", MaxDatapoints=2, **asked)
    seen = [(r["Id"], r["Values"], r["StatusCode"])
            for page in pages for r in page["MetricDataResults"]]
    assert seen == [("a", [0, 1], "PartialData"), ("a", [2], "Complete"),
                    ("b", [10], "PartialData"), ("b", [11, 12], "Complete")]


def test_metrics_are_listed_by_filter_and_in_pages(cloudwatch):
    for n in range(501):
        put(cloudwatch, name=f"m{n}", Value=1, Dimensions=dimensions(b="x", a=str(n % 2)))
    first = cloudwatch.list_metrics(Namespace="N")
    assert len(first["Metrics"]) == 500
    rest = cloudwatch.list_metrics(Namespace="N", NextToken=first["NextToken"])
    assert [m["MetricName"] for m in rest["Metrics"]] == ["m500"]
    assert "NextToken" not in rest
    assert rest["Metrics"][0]["Dimensions"] == dimensions(a="0", b="x")
    only = cloudwatch.list_metrics(
        MetricName="m7", Dimensions=[{"Name": "b"}, {"Name": "a", "Value": "1"}])["Metrics"]
    assert [m["MetricName"] for m in only] == ["m7"]
    assert cloudwatch.list_metrics(Dimensions=dimensions(a="2"))["Metrics"] == []
    assert cloudwatch.list_metrics(Namespace="X")["Metrics"] == []


def test_what_cannot_be_stored_is_refused_whole(hydrant, cloudwatch):
    good = {"MetricName": "m", "Value": 1}
    for bad, code in [
        ({"MetricName": "m"}, "MissingParameter"),
        ({**good, "Values": [1]}, "InvalidParameterCombination"),
        ({**good, "Timestamp": now(hydrant) - 24 * 15 * HOUR}, "InvalidParameterValue"),
        ({**good, "Timestamp": now(hydrant) + 3 * HOUR}, "InvalidParameterValue"),
        ({"MetricName": "m", "Values": [1, 2], "Counts": [1]}, "InvalidParameterValue"),
        ({**good, "Dimensions": dimensions(a="1") * 2}, "InvalidParameterValue"),
    ]:
        got, _ = fails(cloudwatch.put_metric_data, Namespace="N", MetricData=[good, bad])
        assert got == code, bad
    assert fails(cloudwatch.put_metric_data, Namespace="AWS/X", MetricData=[good]) == (
        "InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.")
    assert cloudwatch.list_metrics()["Metrics"] == []


def test_what_cannot_be_asked_is_refused_by_name(hydrant, cloudwatch):
    at = now(hydrant)
    asked = {"Namespace": "N", "MetricName": "m", "StartTime": at - HOUR, "EndTime": at,
             "Period": 60, "Statistics": ["Sum"]}
    call = cloudwatch.get_metric_statistics
    assert fails(call, **{**asked, "EndTime": at - HOUR}) == (
        "InvalidParameterValue", "The parameter StartTime must be less than the parameter EndTime.")
    assert fails(call, **{**asked, "Period": 61})[0] == "InvalidParameterValue"
    assert fails(call, **{**asked, "StartTime": at - 48 * HOUR}) == (
        "InvalidParameterCombination",
        "You have requested up to 2880 datapoints, which exceeds the limit of 1,440. You may reduce"
        " the datapoints requested by increasing Period, or decreasing the time range.")
    times = {"StartTime": at - HOUR, "EndTime": at}
    code, message = fails(cloudwatch.get_metric_data,
                          MetricDataQueries=[{"Id": "a", "Expression": "m1+m2"}], **times)
    assert code == "ValidationError" and "metric math" in message
    code, message = fails(cloudwatch.describe_alarms)
    assert code == "InvalidAction" and "DescribeAlarms" in message


def test_both_clis_put_list_and_read(hydrant, cli):
    cli("cloudwatch", "put-metric-data", "--namespace", "N", "--metric-name", "m",
        "--value", "3.5", "--unit", "Count", "--dimensions", "k=v w")
    listed = json.loads(cli("cloudwatch", "list-metrics", "--output", "json"))
    assert listed["Metrics"] == [{
        "Namespace": "N", "MetricName": "m", "Dimensions": dimensions(k="v w")}]
    at = now(hydrant)
    points = json.loads(cli(
        "cloudwatch", "get-metric-statistics", "--namespace", "N", "--metric-name", "m",
        "--dimensions", "Name=k,Value=v w", "--start-time", (at - HOUR).isoformat(),
        "--end-time", (at + HOUR).isoformat(), "--period", "86400",
        "--statistics", "Sum", "SampleCount", "--output", "json"))["Datapoints"]
    assert [(p["Sum"], p["SampleCount"], p["Unit"]) for p in points] == [(3.5, 1, "Count")]
    results = json.loads(cli(
        "cloudwatch", "get-metric-data", "--start-time", (at - HOUR).isoformat(),
        "--end-time", (at + HOUR).isoformat(), "--output", "json", "--metric-data-queries",
        json.dumps([{"Id": "a", "MetricStat": {
            "Metric": {"Namespace": "N", "MetricName": "m", "Dimensions": dimensions(k="v w")},
            "Period": 60, "Stat": "Maximum"}}])))["MetricDataResults"]
    assert [(r["Id"], r["Label"], r["Values"]) for r in results] == [("a", "m", [3.5])]
    failed = cli.run("cloudwatch", "describe-alarms")
    assert failed.returncode != 0 and b"DescribeAlarms" in failed.stderr


# ---- raw requests ------------------------------------------------------------------------

AUTHORIZATION = ("AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/monitoring/aws4_request,"
                 " SignedHeaders=host, Signature=00")


def send(hydrant, path, body, **headers):
    """(status, headers, body)"""
    request = urllib.request.Request(hydrant.url + path, data=body, method="POST", headers={
        "Authorization": AUTHORIZATION, "X-Amz-Date": "20261125T000000Z",
        **{name.replace("_", "-"): value for name, value in headers.items()}})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def form(hydrant, **parameters):
    body = urllib.parse.urlencode({"Version": "2010-08-01", **parameters}).encode()
    status, headers, answer = send(
        hydrant, "/", body, Content_Type="application/x-www-form-urlencoded")
    assert headers["Content-Type"] == "text/xml"
    return status, xml.etree.ElementTree.fromstring(answer)


def found(element, *path):
    return [e.text for e in element.findall("/".join(NAMESPACE + name for name in path))]


def test_the_query_protocol_takes_forms_and_answers_xml(hydrant):
    status, root = form(hydrant, **{
        "Action": "PutMetricData", "Namespace": "N", "MetricData.member.1.MetricName": "a&b",
        "MetricData.member.1.Value": "2.5", "MetricData.member.1.Unit": "Seconds",
        "MetricData.member.1.Dimensions.member.1.Name": "k",
        "MetricData.member.1.Dimensions.member.1.Value": "<v>"})
    assert status == 200 and root.tag == NAMESPACE + "PutMetricDataResponse"
    assert len(found(root, "ResponseMetadata", "RequestId")) == 1
    status, root = form(hydrant, Action="ListMetrics", **{
        "Dimensions.member.1.Name": "k"})
    assert root.tag == NAMESPACE + "ListMetricsResponse"
    member = ("ListMetricsResult", "Metrics", "member")
    assert found(root, *member, "MetricName") == ["a&b"]
    assert found(root, *member, "Dimensions", "member", "Value") == ["<v>"]
    at = now(hydrant)
    status, root = form(hydrant, **{
        "Action": "GetMetricStatistics", "Namespace": "N", "MetricName": "a&b", "Period": "86400",
        "Dimensions.member.1.Name": "k", "Dimensions.member.1.Value": "<v>",
        "StartTime": (at - HOUR).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "EndTime": (at + HOUR).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Statistics.member.1": "Sum", "ExtendedStatistics.member.1": "p90"})
    point = ("GetMetricStatisticsResult", "Datapoints", "member")
    assert found(root, *point, "Sum") == ["2.5"]
    assert found(root, *point, "Unit") == ["Seconds"]
    assert found(root, *point, "Timestamp") == [
        (at - HOUR).replace(second=0).strftime("%Y-%m-%dT%H:%M:%SZ")]
    assert found(root, *point, "ExtendedStatistics", "entry", "key") == ["p90"]
    assert found(root, *point, "ExtendedStatistics", "entry", "value") == ["2.5"]


def test_the_query_protocol_tells_errors_in_xml(hydrant):
    status, root = form(hydrant, Action="PutMetricAlarm", AlarmName="x")
    assert status == 400 and root.tag == NAMESPACE + "ErrorResponse"
    assert found(root, "Error", "Type") == ["Sender"]
    assert found(root, "Error", "Code") == ["InvalidAction"]
    assert found(root, "Error", "Message") == [
        "Hydrant does not support the CloudWatch operation PutMetricAlarm."]
    status, root = form(hydrant, Action="PutMetricData", Namespace="N", **{
        "MetricData.member.1.MetricName": "m"})
    assert found(root, "Error", "Code") == ["MissingParameter"]


def cbor(value):
    """A value as CBOR; datetimes as epoch times."""
    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        return bytes([major << 5 | 26]) + struct.pack(">I", number)
    if isinstance(value, datetime.datetime):
        return b"\xc1\xfb" + struct.pack(">d", value.timestamp())
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return b"\x9f" + b"".join(map(cbor, value)) + b"\xff"
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def uncbor(data):
    def read(at):
        major, info = data[at] >> 5, data[at] & 31
        at += 1
        if major == 7:
            if info == 27:
                return struct.unpack(">d", data[at:at + 8])[0], at + 8
            return {20: False, 21: True, 22: None}[info], at
        size = {24: 1, 25: 2, 26: 4, 27: 8}.get(info, 0)
        number = int.from_bytes(data[at:at + size], "big") if size else info
        at += size
        if major == 3:
            return data[at:at + number].decode(), at + number
        if major == 6:
            seconds, at = read(at)
            assert number == 1
            return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc), at
        items = []
        for _ in range(number * (2 if major == 5 else 1)):
            item, at = read(at)
            items.append(item)
        return dict(zip(items[::2], items[1::2])) if major == 5 else items, at

    value, end = read(0)
    assert end == len(data)
    return value


def rpc(hydrant, operation, value):
    status, headers, body = send(
        hydrant, f"/service/GraniteServiceVersion20100801/operation/{operation}", cbor(value),
        Content_Type="application/cbor", Smithy_Protocol="rpc-v2-cbor")
    assert headers["smithy-protocol"] == "rpc-v2-cbor"
    assert not body or headers["Content-Type"] == "application/cbor"
    return status, uncbor(body) if body else None


def test_the_cbor_protocol_takes_and_answers_cbor(hydrant):
    assert rpc(hydrant, "PutMetricData", {"Namespace": "N", "MetricData": [
        {"MetricName": "m", "Value": 2.5, "Unit": "Count", "Timestamp": now(hydrant)},
        {"MetricName": "m", "Value": 1, "Unit": "Count"}]}) == (200, None)
    assert rpc(hydrant, "ListMetrics", {}) == (200, {"Metrics": [
        {"Namespace": "N", "MetricName": "m", "Dimensions": []}]})
    at = now(hydrant).replace(second=0, microsecond=0)
    status, answer = rpc(hydrant, "GetMetricStatistics", {
        "Namespace": "N", "MetricName": "m", "StartTime": at - HOUR, "EndTime": at + HOUR,
        "Period": 86400, "Statistics": ["Sum", "SampleCount"]})
    assert status == 200
    assert answer == {"Label": "m", "Datapoints": [
        {"Timestamp": at - HOUR, "Sum": 3.5, "SampleCount": 2.0, "Unit": "Count"}]}


def test_the_cbor_protocol_tells_errors_by_their_shapes(hydrant):
    status, answer = rpc(hydrant, "PutMetricData", {
        "Namespace": "AWS/X", "MetricData": [{"MetricName": "m", "Value": 1}]})
    assert (status, answer) == (400, {
        "__type": "InvalidParameterValueException",
        "message": "The value AWS/ for parameter Namespace is invalid."})
    status, answer = rpc(hydrant, "PutDashboard", {})
    assert status == 400 and answer["__type"] == "UnknownOperationException"
    status, _, body = send(
        hydrant, "/service/GraniteServiceVersion20100801/operation/ListMetrics", b"\xa1",
        Content_Type="application/cbor", Smithy_Protocol="rpc-v2-cbor")
    assert status == 400 and uncbor(body)["__type"] == "SerializationException"


def test_json_errors_name_the_query_code_when_asked(hydrant):
    status, headers, body = send(
        hydrant, "/", b'{"Namespace":"AWS/X","MetricData":[{"MetricName":"m","Value":1}]}',
        Content_Type="application/x-amz-json-1.0", x_amzn_query_mode="true",
        X_Amz_Target="GraniteServiceVersion20100801.PutMetricData")
    assert status == 400
    assert headers["x-amzn-query-error"] == "InvalidParameterValue;Sender"
    assert json.loads(body)["__type"] == "InvalidParameterValueException"
