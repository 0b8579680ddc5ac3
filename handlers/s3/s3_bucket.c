#include "emulator/auth/principal.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_address.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_operations.h"

static const char *const location_constraints[] = {
    "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2",
    "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
    "ca-central-1",   "ca-west-1",      "cn-north-1",     "cn-northwest-1", "EU",
    "eu-central-1",   "eu-central-2",   "eu-north-1",     "eu-south-1",     "eu-south-2",
    "eu-west-1",      "eu-west-2",      "eu-west-3",      "il-central-1",   "me-central-1",
    "me-south-1",     "mx-central-1",   "sa-east-1",      "us-east-2",      "us-gov-east-1",
    "us-gov-west-1",  "us-west-1",      "us-west-2"};

static bool is_location_constraint(struct slice name)
{
    for (size_t i = 0; i < sizeof(location_constraints) / sizeof(location_constraints[0]); i++) {
        if (slice_equal_text(name, location_constraints[i]))
            return true;
    }
    return false;
}

static bool is_us_east_1(struct slice region)
{
    return slice_equal(region, SLICE("us-east-1"));
}

static struct slice region_of(struct slice constraint)
{
    return slice_equal(constraint, SLICE("EU")) ? SLICE("eu-west-1") : constraint;
}

/* The endpoint of us-east-1 makes buckets anywhere, every other one in its own region only. */
static bool check_location(struct call *call, struct slice constraint)
{
    struct slice region = call->principal->region;
    if (is_us_east_1(region)) {
        if (constraint.len == 0 || is_location_constraint(constraint))
            return true;
        s3_detail(call, "LocationConstraint", constraint);
        return s3_refuse(call, S3_INVALID_LOCATION_CONSTRAINT, NULL);
    }
    if (constraint.len == 0)
        return s3_refuse(call, S3_ILLEGAL_LOCATION_CONSTRAINT, NULL);
    return slice_equal(region_of(constraint), region) ||
           s3_refuse(call, S3_ILLEGAL_LOCATION_CONSTRAINT,
                     "The %.*s location constraint is incompatible for the region specific "
                     "endpoint this request was sent to.",
                     SLICE_ARG(constraint));
}

static bool check_configuration(struct call *call, const struct xml_element *root)
{
    if (!slice_equal(root->name, SLICE("CreateBucketConfiguration")))
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    for (const struct xml_element *child = root->first_child; child != NULL; child = child->next) {
        if (!slice_equal(child->name, SLICE("LocationConstraint")))
            return s3_refuse(call, S3_NOT_IMPLEMENTED,
                             "Hydrant does not implement %.*s in CreateBucketConfiguration.",
                             SLICE_ARG(child->name));
    }
    return true;
}

static bool read_constraint(struct call *call, struct slice *ret_constraint)
{
    struct slice body = call->body;
    const struct xml_element *root = NULL;
    if (!s3_digests_check_bytes(call, true, &body))
        return false;
    *ret_constraint = slice_make(NULL, 0);
    if (body.len == 0)
        return true;
    enum status status = xml_parse(body, &call->arena, &root);
    if (status == STATUS_NO_MEMORY)
        return s3_refuse_internal(call, status, "reading the body");
    if (status != STATUS_OK)
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    if (!check_configuration(call, root))
        return false;
    *ret_constraint = slice_trim(xml_child_text(root, "LocationConstraint"));
    return true;
}

static void add_arn_header(struct call *call, struct slice name)
{
    call_add_header_text(call, "x-amz-bucket-arn",
                         arena_printf(&call->arena, "arn:aws:s3:::%.*s", SLICE_ARG(name)));
}

static void answer_created(struct call *call)
{
    struct slice name = s3_call_of(call)->bucket_name;
    const char *location = NULL;
    if (is_us_east_1(call->principal->region))
        location = arena_printf(&call->arena, "/%.*s", SLICE_ARG(name));
    else if (s3_call_of(call)->is_virtual_host)
        location = arena_printf(&call->arena, "http://%.*s/", SLICE_ARG(call->request.host));
    else
        location = arena_printf(&call->arena, "http://%.*s.%.*s/", SLICE_ARG(name),
                                SLICE_ARG(call->request.host));
    call_add_header_text(call, "Location", location);
    add_arn_header(call, name);
    s3_answer_empty(call, 200);
}

/* AWS answers a repeated creation of one's own bucket in us-east-1 as if it were the first. */
static void answer_existing(struct call *call)
{
    struct bucket existing;
    struct slice name = s3_call_of(call)->bucket_name;
    enum status status = bucket_store_find(call->sandbox->db, name, &call->arena, &existing);
    if (status != STATUS_OK) {
        (void)s3_refuse_internal(call, status, "looking up the bucket");
        return;
    }
    bool is_own = slice_equal(existing.account, call->principal->account);
    if (is_own && is_us_east_1(call->principal->region)) {
        answer_created(call);
        return;
    }
    s3_detail(call, "BucketName", name);
    (void)s3_refuse(call, is_own ? S3_BUCKET_ALREADY_OWNED_BY_YOU : S3_BUCKET_ALREADY_EXISTS, NULL);
}

static void create(struct call *call, struct slice constraint)
{
    struct bucket bucket = {.name = s3_call_of(call)->bucket_name,
                            .account = call->principal->account,
                            .region = call->principal->region,
                            .location = constraint,
                            .created_ms = s3_now_ms(call)};
    if (constraint.len > 0)
        bucket.region = region_of(constraint);
    enum status status = bucket_store_create(call->sandbox->db, &bucket);
    if (status == STATUS_OK)
        answer_created(call);
    else if (status == STATUS_EXISTS)
        answer_existing(call);
    else
        (void)s3_refuse_internal(call, status, "creating a bucket");
}

void s3_create_bucket(struct call *call)
{
    struct slice name = s3_call_of(call)->bucket_name;
    struct slice constraint = {NULL, 0};
    if (!s3_address_is_bucket_name(name)) {
        s3_detail(call, "BucketName", name);
        (void)s3_refuse(call, S3_INVALID_BUCKET_NAME, NULL);
        return;
    }
    if (read_constraint(call, &constraint) && check_location(call, constraint))
        create(call, constraint);
}

void s3_head_bucket(struct call *call)
{
    const struct bucket *bucket = &s3_call_of(call)->bucket;
    call_add_header(call, "x-amz-bucket-region", bucket->region);
    call_add_header_text(call, "x-amz-access-point-alias", "false");
    add_arn_header(call, bucket->name);
    s3_add_common_headers(call);
    call_answer_head(call, 200, "application/xml", 0);
}

void s3_delete_bucket(struct call *call)
{
    const struct bucket *bucket = &s3_call_of(call)->bucket;
    enum status status = bucket_store_delete(call->sandbox->db, bucket->id);
    if (status == STATUS_CONFLICT) {
        s3_detail(call, "BucketName", bucket->name);
        (void)s3_refuse(call, S3_BUCKET_NOT_EMPTY, NULL);
    } else if (status != STATUS_OK) {
        (void)s3_refuse_internal(call, status, "deleting a bucket");
    } else {
        s3_answer_empty(call, 204);
    }
}

void s3_get_bucket_location(struct call *call)
{
    struct text xml = s3_xml(call);
    xml_open(&xml, "LocationConstraint", S3_XMLNS);
    xml_text(&xml, s3_call_of(call)->bucket.location);
    xml_close(&xml, "LocationConstraint");
    s3_answer_xml(call, &xml);
}
