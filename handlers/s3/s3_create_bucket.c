#include "emulator/auth/principal.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_acl.h"
#include "handlers/s3/s3_address.h"
#include "handlers/s3/s3_bucket.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_schema.h"
#include "handlers/s3/s3_settings.h"
#include "handlers/s3/s3_tags.h"

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

/* ---- what is asked ---- */

struct creation {
    struct slice constraint;
    bool has_tags;
    struct s3_tags tags;
    struct slice ownership; /* empty: not said */
    struct slice acl;
    bool has_lock;
};

static bool check_configuration(struct call *call, const struct xml_element *root)
{
    if (!slice_equal(root->name, SLICE("CreateBucketConfiguration")) ||
        !s3_schema_accepts(root, "CreateBucketConfiguration"))
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    for (const struct xml_element *child = root->first_child; child != NULL; child = child->next) {
        if (!slice_equal(child->name, SLICE("LocationConstraint")) &&
            !slice_equal(child->name, SLICE("Tags")))
            return s3_refuse(call, S3_NOT_IMPLEMENTED,
                             "Hydrant does not implement %.*s in CreateBucketConfiguration.",
                             SLICE_ARG(child->name));
    }
    return true;
}

static bool parse_body(struct call *call, const struct xml_element **ret_root)
{
    struct slice body = call->body;
    if (!s3_digests_check_bytes(call, true, &body))
        return false;
    *ret_root = NULL;
    if (body.len == 0)
        return true;
    enum status status = xml_parse(body, &call->arena, ret_root);
    if (status == STATUS_NO_MEMORY)
        return s3_refuse_internal(call, status, "reading the body");
    if (status != STATUS_OK)
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    return check_configuration(call, *ret_root);
}

static bool read_body(struct call *call, struct creation *creation)
{
    const struct xml_element *root = NULL;
    if (!parse_body(call, &root))
        return false;
    const struct xml_element *tags = xml_child(root, "Tags");
    creation->constraint = slice_trim(xml_child_text(root, "LocationConstraint"));
    creation->has_tags = tags != NULL && tags->first_child != NULL;
    return s3_tags_read_set(call, tags, S3_TAGS_OF_BUCKET, &creation->tags);
}

static bool read_headers(struct call *call, struct creation *creation)
{
    static const char *const known[] = {"BucketOwnerEnforced", "BucketOwnerPreferred",
                                        "ObjectWriter"};
    const struct http_request *request = &call->request;
    struct slice ownership = request_header(request, "x-amz-object-ownership");
    bool is_known = ownership.ptr == NULL;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        is_known = is_known || slice_equal_text(ownership, known[i]);
    if (!is_known) {
        s3_detail(call, "ArgumentName", SLICE("x-amz-object-ownership"));
        return s3_refuse(call, S3_INVALID_ARGUMENT, "Invalid x-amz-object-ownership header: %.*s",
                         SLICE_ARG(ownership));
    }
    creation->ownership = ownership;
    creation->has_lock = slice_equal_nocase(
        request_header(request, "x-amz-bucket-object-lock-enabled"), SLICE("true"));
    return s3_acl_read_for_new_bucket(call, &creation->acl);
}

/* ---- making ---- */

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
    s3_add_bucket_arn_header(call, name);
    s3_answer_empty(call, 200);
}

/* AWS answers a repeated creation of one's own bucket in us-east-1 as if it were the first. */
static void answer_existing(struct call *call, bool has_tags)
{
    struct bucket existing;
    struct slice name = s3_call_of(call)->bucket_name;
    enum status status = bucket_store_find(call->sandbox->db, name, &call->arena, &existing);
    if (status != STATUS_OK) {
        (void)s3_refuse_internal(call, status, "looking up the bucket");
        return;
    }
    bool is_own = slice_equal(existing.account, call->principal->account);
    if (is_own && !has_tags && is_us_east_1(call->principal->region)) {
        answer_created(call);
        return;
    }
    s3_detail(call, "BucketName", name);
    (void)s3_refuse(call, is_own ? S3_BUCKET_ALREADY_OWNED_BY_YOU : S3_BUCKET_ALREADY_EXISTS, NULL);
}

static bool store_settings(struct call *call, const struct creation *creation)
{
    static const char lock[] =
        "<ObjectLockConfiguration " S3_XMLNS "><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        "</ObjectLockConfiguration>";
    const char *ownership =
        arena_printf(&call->arena,
                     "<OwnershipControls %s><Rule><ObjectOwnership>%.*s</ObjectOwnership></Rule>"
                     "</OwnershipControls>",
                     S3_XMLNS, SLICE_ARG(creation->ownership));
    return (!creation->has_tags ||
            s3_setting_store_text(call, "tagging", s3_tags_store(call, &creation->tags))) &&
           (creation->ownership.len == 0 ||
            s3_setting_store_text(call, "ownership", slice_of(ownership))) &&
           (creation->acl.len == 0 || s3_setting_store_text(call, "acl", creation->acl)) &&
           (!creation->has_lock || s3_setting_store_text(call, "object-lock", slice_of(lock)));
}

static void create(struct call *call, const struct creation *creation)
{
    struct s3_call *s3 = s3_call_of(call);
    struct db *db = call->sandbox->db;
    struct bucket bucket = {.name = s3->bucket_name,
                            .account = call->principal->account,
                            .region = call->principal->region,
                            .location = creation->constraint,
                            .created_ms = s3_now_ms(call),
                            .has_lock = creation->has_lock};
    if (creation->constraint.len > 0)
        bucket.region = region_of(creation->constraint);
    if (bucket.has_lock)
        bucket.versioning = BUCKET_VERSIONED;
    enum status status = bucket_store_create(db, &bucket);
    if (status == STATUS_EXISTS) {
        answer_existing(call, creation->has_tags);
        return;
    }
    if (status == STATUS_OK)
        status = bucket_store_find(db, s3->bucket_name, &call->arena, &s3->bucket);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "creating a bucket");
    else if (store_settings(call, creation))
        answer_created(call);
}

void s3_create_bucket(struct call *call)
{
    struct slice name = s3_call_of(call)->bucket_name;
    struct creation creation = {.has_lock = false};
    if (!s3_address_is_bucket_name(name)) {
        s3_detail(call, "BucketName", name);
        (void)s3_refuse(call, S3_INVALID_BUCKET_NAME, NULL);
        return;
    }
    if (read_body(call, &creation) && check_location(call, creation.constraint) &&
        read_headers(call, &creation))
        create(call, &creation);
}
