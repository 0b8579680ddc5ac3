#include "handlers/s3/s3_acl.h"

#include "emulator/auth/principal.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_schema.h"
#include "handlers/s3/s3_settings.h"
#include "storage/object_versions.h"

#define GROUPS "http://acs.amazonaws.com/groups/"
#define ALL_USERS GROUPS "global/AllUsers"
#define AUTHENTICATED_USERS GROUPS "global/AuthenticatedUsers"
#define LOG_DELIVERY GROUPS "s3/LogDelivery"
#define XSI "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type="
#define ACL_MAX_BYTES ((size_t)64 * 1024)
#define GRANTS_MAX 100U

/* A list being made. */
struct acl {
    struct text xml;
    struct slice owner;
    size_t count;
    bool is_public; /* grants something to everybody */
    bool is_owners; /* nothing but the owner's full control */
};

/* ---- writing ---- */

static struct slice owner_of(struct call *call, struct slice account)
{
    char *id = arena_alloc(&call->arena, S3_CANONICAL_ID_CHARS + 1);
    if (id == NULL)
        return slice_make(NULL, 0);
    s3_canonical_id(account, id);
    return slice_of(id);
}

static void begin_acl(struct call *call, struct acl *acl, struct slice account)
{
    *acl = (struct acl){.owner = owner_of(call, account), .is_owners = true};
    text_init_in(&acl->xml, &call->arena, ACL_MAX_BYTES);
    xml_open(&acl->xml, "AccessControlList", NULL);
}

static struct slice end_acl(struct acl *acl)
{
    xml_close(&acl->xml, "AccessControlList");
    return acl->is_owners && acl->count == 1 ? SLICE("") : text_slice(&acl->xml);
}

static void put_grant(struct acl *acl, bool is_group, struct slice who, struct slice permission)
{
    acl->count++;
    if (is_group && !slice_equal(who, SLICE(LOG_DELIVERY)))
        acl->is_public = true;
    if (is_group || !slice_equal(who, acl->owner) ||
        !slice_equal(permission, SLICE("FULL_CONTROL")))
        acl->is_owners = false;
    xml_open(&acl->xml, "Grant", NULL);
    xml_open(&acl->xml, "Grantee", is_group ? XSI "\"Group\"" : XSI "\"CanonicalUser\"");
    xml_put(&acl->xml, is_group ? "URI" : "ID", who);
    xml_close(&acl->xml, "Grantee");
    xml_put(&acl->xml, "Permission", permission);
    xml_close(&acl->xml, "Grant");
}

/* ---- canned ---- */

struct canned {
    const char *name;
    bool for_buckets;
    bool for_objects;
    const char *group; /* besides the owner's full control; NULL: nothing */
    const char *permissions[2];
};

static const struct canned canned_lists[] = {
    {"private", true, true, NULL, {NULL}},
    {"public-read", true, true, ALL_USERS, {"READ"}},
    {"public-read-write", true, true, ALL_USERS, {"READ", "WRITE"}},
    {"authenticated-read", true, true, AUTHENTICATED_USERS, {"READ"}},
    {"aws-exec-read", true, true, NULL, {NULL}},
    {"log-delivery-write", true, false, LOG_DELIVERY, {"WRITE", "READ_ACP"}},
    {"bucket-owner-read", false, true, NULL, {NULL}},
    {"bucket-owner-full-control", false, true, NULL, {NULL}},
};

static bool read_canned(struct call *call, struct acl *acl, struct slice name, bool of_bucket)
{
    for (size_t i = 0; i < sizeof(canned_lists) / sizeof(canned_lists[0]); i++) {
        const struct canned *canned = &canned_lists[i];
        if (!slice_equal_text(name, canned->name) ||
            !(of_bucket ? canned->for_buckets : canned->for_objects))
            continue;
        put_grant(acl, false, acl->owner, SLICE("FULL_CONTROL"));
        for (size_t j = 0; j < 2 && canned->permissions[j] != NULL; j++)
            put_grant(acl, true, slice_of(canned->group), slice_of(canned->permissions[j]));
        return true;
    }
    return s3_refuse_argument(call, "x-amz-acl", name, "");
}

/* ---- grants ---- */

static bool is_canonical_id(struct slice id)
{
    for (size_t i = 0; i < id.len; i++) {
        if (!((id.ptr[i] >= '0' && id.ptr[i] <= '9') || (id.ptr[i] >= 'a' && id.ptr[i] <= 'f')))
            return false;
    }
    return id.len == S3_CANONICAL_ID_CHARS;
}

static bool is_group(struct slice uri)
{
    return slice_equal(uri, SLICE(ALL_USERS)) || slice_equal(uri, SLICE(AUTHENTICATED_USERS)) ||
           slice_equal(uri, SLICE(LOG_DELIVERY));
}

static bool add_id(struct call *call, struct acl *acl, const char *argument, struct slice id,
                   struct slice permission)
{
    if (!is_canonical_id(id))
        return s3_refuse_argument(call, argument, id, "Invalid id");
    put_grant(acl, false, id, permission);
    return true;
}

static bool add_group(struct call *call, struct acl *acl, const char *argument, struct slice uri,
                      struct slice permission)
{
    if (!is_group(uri))
        return s3_refuse_argument(call, argument, uri, "Invalid group uri");
    put_grant(acl, true, uri, permission);
    return true;
}

static bool check_count(struct call *call, const struct acl *acl)
{
    return acl->count < GRANTS_MAX || s3_refuse(call, S3_MALFORMED_ACL, NULL);
}

/* id="...", uri="...", separated by commas. */
static bool read_grant_header(struct call *call, struct acl *acl, const char *header,
                              struct slice permission)
{
    struct slice value = s3_header_joined(call, header);
    struct slice rest = value;
    while (rest.len > 0) {
        struct slice who = slice_trim(slice_cut(&rest, ','));
        struct slice kind = slice_trim(slice_cut(&who, '='));
        who = s3_unquoted(slice_trim(who));
        bool added = false;
        if (!check_count(call, acl))
            return false;
        if (slice_equal(kind, SLICE("id")))
            added = add_id(call, acl, "id", who, permission);
        else if (slice_equal(kind, SLICE("uri")))
            added = add_group(call, acl, "uri", who, permission);
        else if (slice_equal(kind, SLICE("emailAddress")))
            added = s3_refuse(call, S3_UNRESOLVABLE_GRANT, NULL);
        else
            added = s3_refuse_argument(call, header, value, "Argument format not recognized");
        if (!added)
            return false;
    }
    return true;
}

struct grant_header {
    const char *name;
    const char *permission;
};

static const struct grant_header grant_headers[] = {
    {"x-amz-grant-full-control", "FULL_CONTROL"},
    {"x-amz-grant-read", "READ"},
    {"x-amz-grant-write", "WRITE"},
    {"x-amz-grant-read-acp", "READ_ACP"},
    {"x-amz-grant-write-acp", "WRITE_ACP"},
};

#define GRANT_HEADER_COUNT (sizeof(grant_headers) / sizeof(grant_headers[0]))

static bool has_grant_headers(struct call *call)
{
    for (size_t i = 0; i < GRANT_HEADER_COUNT; i++) {
        if (request_has_header(&call->request, grant_headers[i].name))
            return true;
    }
    return false;
}

static bool read_grant_headers(struct call *call, struct acl *acl)
{
    for (size_t i = 0; i < GRANT_HEADER_COUNT; i++) {
        if (!read_grant_header(call, acl, grant_headers[i].name,
                               slice_of(grant_headers[i].permission)))
            return false;
    }
    return true;
}

/* The list of the headers; *ret_has is false when there are none. */
static bool read_headers(struct call *call, struct acl *acl, bool of_bucket, bool *ret_has)
{
    struct slice name = request_header(&call->request, "x-amz-acl");
    bool has_grants = has_grant_headers(call);
    *ret_has = name.ptr != NULL || has_grants;
    if (name.ptr != NULL && has_grants)
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "Specifying both Canned ACLs and Header Grants is not allowed");
    if (name.ptr != NULL)
        return read_canned(call, acl, name, of_bucket);
    return !has_grants || read_grant_headers(call, acl);
}

/* ---- what the bucket allows ---- */

static bool is_enforced(struct slice ownership)
{
    return ownership.len == 0 || slice_equal(ownership, SLICE("BucketOwnerEnforced"));
}

static bool find_ownership(struct call *call, struct slice *ret_ownership)
{
    const struct xml_element *root = NULL;
    if (!s3_setting_load(call, "ownership", &root))
        return false;
    *ret_ownership = xml_child_text(xml_child(root, "Rule"), "ObjectOwnership");
    return true;
}

/* A bucket is closed to public lists at first. */
static bool blocks_public(struct call *call, bool *ret_blocks)
{
    const struct xml_element *root = NULL;
    struct slice text;
    if (!s3_setting_load_text(call, "public-access-block", &text) ||
        !s3_setting_load(call, "public-access-block", &root))
        return false;
    *ret_blocks = root == NULL
                      ? text.ptr == NULL
                      : slice_equal_nocase(xml_child_text(root, "BlockPublicAcls"), SLICE("true"));
    return true;
}

static bool check_allowed(struct call *call, const struct acl *acl)
{
    struct slice ownership;
    bool blocks = false;
    if (acl->is_owners)
        return true;
    if (!find_ownership(call, &ownership))
        return false;
    if (is_enforced(ownership))
        return s3_refuse(call, S3_ACL_NOT_SUPPORTED, NULL);
    if (!acl->is_public)
        return true;
    if (!blocks_public(call, &blocks))
        return false;
    return !blocks || s3_refuse(call, S3_ACCESS_DENIED, NULL);
}

bool s3_acl_read_headers(struct call *call, struct slice *ret_acl)
{
    struct acl acl;
    bool has = false;
    begin_acl(call, &acl, s3_call_of(call)->bucket.account);
    if (!read_headers(call, &acl, false, &has) || !check_allowed(call, &acl))
        return false;
    *ret_acl = has ? end_acl(&acl) : SLICE("");
    return true;
}

bool s3_acl_read_for_new_bucket(struct call *call, struct slice *ret_acl)
{
    struct acl acl;
    bool has = false;
    begin_acl(call, &acl, call->principal->account);
    if (!read_headers(call, &acl, true, &has))
        return false;
    *ret_acl = has ? end_acl(&acl) : SLICE("");
    if (acl.is_owners)
        return true;
    if (is_enforced(request_header(&call->request, "x-amz-object-ownership")))
        return s3_refuse(call, S3_INVALID_BUCKET_ACL, NULL);
    return !acl.is_public || s3_refuse(call, S3_ACCESS_DENIED, NULL);
}

/* ---- XML ---- */

static bool read_grantee(struct call *call, struct acl *acl, const struct xml_element *grant)
{
    const struct xml_element *grantee = xml_child(grant, "Grantee");
    struct slice permission = xml_child_text(grant, "Permission");
    struct slice id = slice_trim(xml_child_text(grantee, "ID"));
    struct slice uri = slice_trim(xml_child_text(grantee, "URI"));
    if (permission.len == 0)
        return s3_refuse(call, S3_MALFORMED_ACL, NULL);
    if (id.len > 0)
        return add_id(call, acl, "CanonicalUser/ID", id, permission);
    if (uri.len > 0)
        return add_group(call, acl, "Group/URI", uri, permission);
    return s3_refuse(
        call, xml_child(grantee, "EmailAddress") != NULL ? S3_UNRESOLVABLE_GRANT : S3_MALFORMED_ACL,
        NULL);
}

static bool read_policy(struct call *call, struct acl *acl)
{
    const struct xml_element *root = NULL;
    struct slice body = call->body;
    if (!s3_digests_check_bytes(call, true, &body))
        return false;
    enum status status = xml_parse(body, &call->arena, &root);
    if (status == STATUS_NO_MEMORY)
        return s3_refuse_internal(call, status, "reading the body");
    if (status != STATUS_OK || !slice_equal(root->name, SLICE("AccessControlPolicy")) ||
        !s3_schema_accepts(root, "AccessControlPolicy") || xml_child(root, "Owner") == NULL ||
        xml_child(root, "AccessControlList") == NULL)
        return s3_refuse(call, S3_MALFORMED_ACL, NULL);
    struct slice owner = slice_trim(xml_child_text(xml_child(root, "Owner"), "ID"));
    if (!is_canonical_id(owner))
        return s3_refuse_argument(call, "CanonicalUser/ID", owner, "Invalid id");
    if (!slice_equal(owner, acl->owner))
        return s3_refuse(call, S3_ACCESS_DENIED, NULL);
    const struct xml_element *grant = xml_child(root, "AccessControlList")->first_child;
    for (; grant != NULL; grant = grant->next) {
        if (!check_count(call, acl) || !read_grantee(call, acl, grant))
            return false;
    }
    return true;
}

/* From headers or the body, one of them. */
static bool read_any(struct call *call, bool of_bucket, struct slice *ret_acl)
{
    struct acl acl;
    bool has = false;
    begin_acl(call, &acl, s3_call_of(call)->bucket.account);
    if (!read_headers(call, &acl, of_bucket, &has))
        return false;
    if (has && call->body.len > 0)
        return s3_refuse(call, S3_UNEXPECTED_CONTENT, NULL);
    if (!has && call->body.len == 0) {
        s3_detail(call, "MissingHeaderName", SLICE("x-amz-acl"));
        return s3_refuse(call, S3_MISSING_SECURITY_HEADER, NULL);
    }
    if ((!has && !read_policy(call, &acl)) || !check_allowed(call, &acl))
        return false;
    *ret_acl = end_acl(&acl);
    return acl.xml.status == STATUS_OK ||
           s3_refuse_internal(call, acl.xml.status, "reading the list");
}

/* ---- operations ---- */

static void answer_acl(struct call *call, struct slice stored)
{
    struct acl acl;
    begin_acl(call, &acl, s3_call_of(call)->bucket.account);
    put_grant(&acl, false, acl.owner, SLICE("FULL_CONTROL"));
    xml_close(&acl.xml, "AccessControlList");
    struct text xml = s3_xml(call);
    xml_open(&xml, "AccessControlPolicy", S3_XMLNS);
    xml_open(&xml, "Owner", NULL);
    xml_put(&xml, "ID", acl.owner);
    xml_close(&xml, "Owner");
    text_append(&xml, stored.len > 0 ? stored : text_slice(&acl.xml));
    xml_close(&xml, "AccessControlPolicy");
    s3_answer_xml(call, &xml);
}

void s3_put_object_acl(struct call *call)
{
    struct object object;
    if (!s3_find_for_change(call, &object) || !read_any(call, false, &object.traits.acl))
        return;
    enum status status = object_versions_update(call->sandbox->db, &object);
    if (status != STATUS_OK) {
        (void)s3_refuse_internal(call, status, "writing the list");
        return;
    }
    s3_add_object_version_header(call, &object);
    s3_answer_empty(call, 200);
}

void s3_get_object_acl(struct call *call)
{
    struct object object;
    if (!s3_find_object(call, false, &object))
        return;
    s3_add_object_version_header(call, &object);
    answer_acl(call, object.traits.acl);
}

void s3_put_bucket_acl(struct call *call)
{
    struct slice acl;
    if (read_any(call, true, &acl) && s3_setting_store_text(call, "acl", acl))
        s3_answer_empty(call, 200);
}

void s3_get_bucket_acl(struct call *call)
{
    struct slice acl;
    if (s3_setting_load_text(call, "acl", &acl))
        answer_acl(call, acl);
}
