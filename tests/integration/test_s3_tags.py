"""Tags of objects and buckets."""

import pytest

from s3_kit import *  # noqa: F401,F403
from s3_kit import raw, refused


def tags_of(s3, bucket, key="k", **more):
    return {t["Key"]: t["Value"] for t in s3.get_object_tagging(Bucket=bucket, Key=key, **more)["TagSet"]}


def tagging(**tags):
    return {"TagSet": [{"Key": k, "Value": v} for k, v in tags.items()]}


def test_tags_come_with_the_object_are_counted_and_replaced(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v", Tagging="a=1&b%20c=%C3%A9&bare")
    assert tags_of(s3, bucket) == {"a": "1", "b c": "é", "bare": ""}
    assert s3.get_object(Bucket=bucket, Key="k")["TagCount"] == 3
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging=tagging(x="y"))
    assert tags_of(s3, bucket) == {"x": "y"}
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert tags_of(s3, bucket) == {}
    assert "TagCount" not in s3.head_object(Bucket=bucket, Key="k")


def test_each_version_has_its_own_tags(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    one = s3.put_object(Bucket=bucket, Key="k", Body=b"1", Tagging="v=1")["VersionId"]
    two = s3.put_object(Bucket=bucket, Key="k", Body=b"2", Tagging="v=2")["VersionId"]
    assert s3.put_object_tagging(Bucket=bucket, Key="k", VersionId=one, Tagging=tagging(v="one"))["VersionId"] == one
    assert (tags_of(s3, bucket), tags_of(s3, bucket, VersionId=one)) == ({"v": "2"}, {"v": "one"})
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging=tagging(v="two"))
    assert tags_of(s3, bucket, VersionId=two) == {"v": "two"}
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    error, _ = refused(s3.delete_object_tagging, Bucket=bucket, Key="k", VersionId=marker)
    assert (error["Code"], error["Method"], error["ResourceType"]) == ("MethodNotAllowed", "DELETE", "DeleteMarker")


@pytest.mark.parametrize("tags, code, message", [
    ([("K", "1"), ("K", "2")], "InvalidTag", "Cannot provide multiple Tags with the same key"),
    ([("K1,K2", "1")], "InvalidTag", "The TagKey you have provided is invalid"),
    ([("K", "1,2")], "InvalidTag", "The TagValue you have provided is invalid"),
    ([("aws:x", "1")], "InvalidTag", "Your TagKey cannot be prefixed with aws:"),
    ([("k" * 129, "1")], "InvalidTag", "The TagKey you have provided is invalid"),
    ([("k", "v" * 257)], "InvalidTag", "The TagValue you have provided is invalid"),
    ([(str(n), "") for n in range(11)], "BadRequest", "Object tags cannot be greater than 10"),
])
def test_wrong_tags_are_refused_and_the_old_ones_stay(s3, bucket, tags, code, message):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v", Tagging="old=1")
    error, _ = refused(s3.put_object_tagging, Bucket=bucket, Key="k",
                       Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags]})
    assert (error["Code"], error["Message"]) == (code, message)
    assert tags_of(s3, bucket) == {"old": "1"}


@pytest.mark.parametrize("header", ["key1=val1,key2=val2", "key1=val1&key1=val2"])
def test_the_header_is_a_query(s3, bucket, header):
    error, _ = refused(s3.put_object, Bucket=bucket, Key="k", Body=b"v", Tagging=header)
    assert (error["Code"], error["ArgumentName"], error["ArgumentValue"]) == ("InvalidArgument", "x-amz-tagging", header)


def test_a_missing_key_is_named_with_its_bucket_when_tags_are_read(s3, bucket):
    assert refused(s3.get_object_tagging, Bucket=bucket, Key="none")[0]["Key"] == "photos/none"
    assert refused(s3.delete_object_tagging, Bucket=bucket, Key="none")[0]["Key"] == "none"


def test_a_copy_takes_tags_along_unless_told_otherwise(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v", Tagging="a=1")
    for key, more, expected in (("same", {}, {"a": "1"}), ("empty", {"TaggingDirective": "REPLACE"}, {}),
                                ("new", {"TaggingDirective": "REPLACE", "Tagging": "n=2"}, {"n": "2"}),
                                ("kept", {"Tagging": "n=2"}, {"a": "1"})):
        s3.copy_object(Bucket=bucket, Key=key, CopySource=f"{bucket}/k", **more)
        assert tags_of(s3, bucket, key) == expected


def test_an_upload_has_the_tags_of_its_creation(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k", Tagging="a=1", StorageClass="STANDARD_IA")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"p")
    s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload,
                                 MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert tags_of(s3, bucket) == {"a": "1"}
    assert s3.head_object(Bucket=bucket, Key="k")["StorageClass"] == "STANDARD_IA"


def test_tags_of_a_bucket(s3, bucket):
    error, _ = refused(s3.get_bucket_tagging, Bucket=bucket)
    assert (error["Code"], error["BucketName"], error["Message"]) == ("NoSuchTagSet", "photos", "The TagSet does not exist")
    s3.put_bucket_tagging(Bucket=bucket, Tagging=tagging(team="a b", cost="1"))
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tagging(team="a b", cost="1")["TagSet"]
    error, _ = refused(s3.put_bucket_tagging, Bucket=bucket, Tagging={"TagSet": [{"Key": "aws:x", "Value": ""}]})
    assert (error["Message"], error["TagKey"]) == ("System tags cannot be added/updated by requester", "aws:x")
    s3.delete_bucket_tagging(Bucket=bucket)
    assert refused(s3.get_bucket_tagging, Bucket=bucket)[0]["Code"] == "NoSuchTagSet"


def test_a_bucket_is_made_with_tags(s3):
    made = {"Tags": tagging(a="1")["TagSet"]}
    s3.create_bucket(Bucket="tagged", CreateBucketConfiguration=made)
    assert s3.get_bucket_tagging(Bucket="tagged")["TagSet"] == made["Tags"]
    s3.create_bucket(Bucket="tagged")
    error, meta = refused(s3.create_bucket, Bucket="tagged", CreateBucketConfiguration=made)
    assert (error["Code"], meta["HTTPStatusCode"]) == ("BucketAlreadyOwnedByYou", 409)


@pytest.mark.parametrize("body", [b"", b"<Tagging>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><Tagging><TagSet>&a;</TagSet></Tagging>",
                                  b"<Tagging/>", b"<Other><TagSet/></Other>", b"<Tagging><TagSet><Tag/></TagSet></Tagging>",
                                  b"<Tagging>" + b"<TagSet>" * 100 + b"</TagSet>" * 100 + b"</Tagging>"])
def test_xml_that_is_none_is_malformed(hydrant, s3, bucket, body):
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    status, _, answer = raw(hydrant, "PUT", "/photos/k?tagging", body)
    assert (status, b"<Code>MalformedXML</Code>" in answer) == (400, True)


def test_s3_control_knows_the_same_tags(hydrant, s3, bucket):
    def control(method, query="", body=b""):
        return raw(hydrant, method, "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Aphotos" + query, body,
                   x_amz_account_id="000000000000", Host="000000000000.localhost:4566")

    def tag(**tags):
        listed = "".join(f"<Tag><Key>{k}</Key><Value>{v}</Value></Tag>" for k, v in tags.items())
        return f'<TagResourceRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Tags>{listed}</Tags></TagResourceRequest>'

    status, _, body = control("GET")
    assert (status, b"<Tags></Tags></ListTagsForResourceResult>" in body) == (200, True)
    assert control("POST", body=tag(a="1", b="x y"))[0] == 204
    assert control("POST", body=tag(a="2", c="3"))[0] == 204
    assert {t["Key"]: t["Value"] for t in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]} == {"a": "2", "b": "x y", "c": "3"}
    assert control("DELETE", "?tagKeys=a&tagKeys=b")[0] == 204
    assert b"<Tags><Tag><Key>c</Key><Value>3</Value></Tag></Tags>" in control("GET")[2]
    assert control("DELETE", "?tagKeys=c")[0] == 204
    assert refused(s3.get_bucket_tagging, Bucket=bucket)[0]["Code"] == "NoSuchTagSet"
