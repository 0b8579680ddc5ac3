#include "emulator/auth/principal.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_token.h"

#define MAX_BUCKETS 10000U

static bool read_list(struct call *call, struct bucket_list *list)
{
    static const struct s3_number max = {"max-buckets", 1, MAX_BUCKETS, MAX_BUCKETS};
    struct slice token = s3_parameter(call, "continuation-token");
    uint64_t number = 0;
    if (!s3_parameter_number(call, &max, &number))
        return false;
    *list = (struct bucket_list){.account = call->principal->account,
                                 .prefix = s3_parameter(call, "prefix"),
                                 .region = s3_parameter(call, "bucket-region"),
                                 .max = (size_t)number};
    if (token.len == 0 || s3_token_read(token, &call->arena, &list->after) == STATUS_OK)
        return true;
    return s3_refuse_argument(call, "continuation-token", token,
                              "The continuation token provided is incorrect");
}

static void put_bucket(struct call *call, struct text *xml, const struct bucket *bucket)
{
    xml_open(xml, "Bucket", NULL);
    xml_put(xml, "Name", bucket->name);
    s3_put_date(xml, "CreationDate", bucket->created_ms);
    xml_put(xml, "BucketRegion", bucket->region);
    xml_put(xml, "BucketArn",
            slice_of(arena_printf(&call->arena, "arn:aws:s3:::%.*s", SLICE_ARG(bucket->name))));
    xml_close(xml, "Bucket");
}

static enum status put_token(struct call *call, struct text *xml, const struct bucket_list *list)
{
    struct slice token = {NULL, 0};
    if (!list->is_truncated)
        return STATUS_OK;
    enum status status = s3_token_make(list->buckets[list->count - 1].name, &call->arena, &token);
    if (status == STATUS_OK)
        xml_put(xml, "ContinuationToken", token);
    return status;
}

static void answer(struct call *call, const struct bucket_list *list)
{
    char owner[S3_CANONICAL_ID_CHARS + 1];
    s3_canonical_id(list->account, owner);
    struct text xml = s3_xml(call);
    xml_open(&xml, "ListAllMyBucketsResult", S3_XMLNS);
    xml_open(&xml, "Owner", NULL);
    xml_put(&xml, "ID", slice_of(owner));
    xml_close(&xml, "Owner");
    xml_open(&xml, "Buckets", NULL);
    for (size_t i = 0; i < list->count; i++)
        put_bucket(call, &xml, &list->buckets[i]);
    xml_close(&xml, "Buckets");
    if (list->prefix.len > 0)
        xml_put(&xml, "Prefix", list->prefix);
    enum status status = put_token(call, &xml, list);
    xml_close(&xml, "ListAllMyBucketsResult");
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "listing buckets");
    else
        s3_answer_xml(call, &xml);
}

void s3_list_buckets(struct call *call)
{
    struct bucket_list list;
    if (!read_list(call, &list))
        return;
    enum status status = bucket_store_list(call->sandbox->db, &call->arena, &list);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "listing buckets");
    else
        answer(call, &list);
}
