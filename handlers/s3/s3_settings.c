#include "handlers/s3/s3_settings.h"

#include <string.h>

#include "emulator/base/xml.h"
#include "emulator/loop/random.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_lifecycle.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_schema.h"
#include "handlers/s3/s3_token.h"
#include "storage/bucket_setting_store.h"

#define LIST_MAX 100U
#define SETTING_MAX_BYTES ((size_t)1024 * 1024)
#define MINIMUM_HEADER "x-amz-transition-default-minimum-object-size"
#define MINIMUM_KIND "lifecycle-minimum"
#define MINIMUM_AT_FIRST "all_storage_classes_128K"

static const struct s3_setting settings[] = {
    {.name = "BucketAbac",
     .kind = "abac",
     .root = "AbacStatus",
     .type = "AbacStatus",
     .at_first = "<Status>Disabled</Status>"},
    {.name = "BucketAccelerateConfiguration",
     .kind = "accelerate",
     .root = "AccelerateConfiguration",
     .type = "AccelerateConfiguration",
     .at_first = "",
     .check = s3_check_accelerate},
    {.name = "BucketAnalyticsConfiguration",
     .kind = "analytics",
     .root = "AnalyticsConfiguration",
     .type = "AnalyticsConfiguration",
     .has_id = true,
     .missing = S3_NO_SUCH_CONFIGURATION},
    {.name = "BucketEncryption",
     .kind = "encryption",
     .root = "ServerSideEncryptionConfiguration",
     .type = "ServerSideEncryptionConfiguration",
     .at_first = "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
                 "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled>"
                 "</Rule>",
     .check = s3_check_encryption},
    {.name = "BucketIntelligentTieringConfiguration",
     .kind = "intelligent-tiering",
     .root = "IntelligentTieringConfiguration",
     .type = "IntelligentTieringConfiguration",
     .has_id = true,
     .missing = S3_NO_SUCH_CONFIGURATION},
    {.name = "BucketInventoryConfiguration",
     .kind = "inventory",
     .root = "InventoryConfiguration",
     .type = "InventoryConfiguration",
     .has_id = true,
     .missing = S3_NO_SUCH_CONFIGURATION},
    {.name = "BucketLifecycleConfiguration",
     .kind = "lifecycle",
     .root = "LifecycleConfiguration",
     .type = "BucketLifecycleConfiguration",
     .missing = S3_NO_SUCH_LIFECYCLE,
     .check = s3_check_lifecycle,
     .needs_digest = true},
    {.name = "BucketLifecycle",
     .kind = "lifecycle",
     .root = "LifecycleConfiguration",
     .type = "BucketLifecycleConfiguration",
     .missing = S3_NO_SUCH_LIFECYCLE,
     .check = s3_check_lifecycle,
     .needs_digest = true},
    {.name = "BucketLogging",
     .kind = "logging",
     .root = "BucketLoggingStatus",
     .type = "BucketLoggingStatus",
     .at_first = "",
     .check = s3_check_logging},
    {.name = "BucketMetricsConfiguration",
     .kind = "metrics",
     .root = "MetricsConfiguration",
     .type = "MetricsConfiguration",
     .has_id = true,
     .missing = S3_NO_SUCH_CONFIGURATION},
    {.name = "BucketOwnershipControls",
     .kind = "ownership",
     .root = "OwnershipControls",
     .type = "OwnershipControls",
     .is_marked = true,
     .missing = S3_NO_SUCH_OWNERSHIP,
     .at_first = "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>",
     .check = s3_check_ownership},
    {.name = "BucketReplication",
     .kind = "replication",
     .root = "ReplicationConfiguration",
     .type = "ReplicationConfiguration",
     .missing = S3_NO_SUCH_REPLICATION,
     .check = s3_check_replication},
    {.name = "BucketRequestPayment",
     .kind = "request-payment",
     .root = "RequestPaymentConfiguration",
     .type = "RequestPaymentConfiguration",
     .at_first = "<Payer>BucketOwner</Payer>"},
    {.name = "ObjectLockConfiguration",
     .kind = "object-lock",
     .root = "ObjectLockConfiguration",
     .type = "ObjectLockConfiguration",
     .missing = S3_NO_SUCH_LOCK_SETTING,
     .check = s3_check_object_lock,
     .needs_digest = true},
    {.name = "PublicAccessBlock",
     .kind = "public-access-block",
     .root = "PublicAccessBlockConfiguration",
     .type = "PublicAccessBlockConfiguration",
     .is_marked = true,
     .missing = S3_NO_SUCH_PUBLIC_ACCESS_BLOCK,
     .at_first = "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
                 "<BlockPublicPolicy>true</BlockPublicPolicy>"
                 "<RestrictPublicBuckets>true</RestrictPublicBuckets>"},
};

/* "PutBucketLogging" is about "BucketLogging", "ListBucketMetricsConfigurations" about one less. */
static bool is_about(const char *operation, const char *name)
{
    static const char *const verbs[] = {"Put", "Get", "Delete", "List"};
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        size_t len = strlen(verbs[i]);
        if (strncmp(operation, verbs[i], len) != 0)
            continue;
        const char *rest = operation + len;
        size_t name_len = strlen(name);
        return strncmp(rest, name, name_len) == 0 &&
               (rest[name_len] == '\0' || strcmp(rest + name_len, "s") == 0);
    }
    return false;
}

const struct s3_setting *s3_setting_of(const struct call *call)
{
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        if (is_about(call->operation->name, settings[i].name))
            return &settings[i];
    }
    return NULL;
}

/* ---- stored text ---- */

static struct bucket_setting stored(const struct call *call, const char *kind)
{
    return (struct bucket_setting){
        .bucket_id = s3_call_of(call)->bucket.id, .kind = slice_of(kind), .id = slice_make("", 0)};
}

bool s3_setting_load_text(struct call *call, const char *kind, struct slice *ret_text)
{
    struct bucket_setting setting = stored(call, kind);
    enum status status = bucket_setting_find(call->sandbox->db, &call->arena, &setting);
    *ret_text = slice_make(NULL, 0);
    if (status == STATUS_OK)
        *ret_text = setting.body.len > 0 ? setting.body : SLICE("");
    return status == STATUS_OK || status == STATUS_NOT_FOUND ||
           s3_refuse_internal(call, status, "reading the bucket's settings");
}

bool s3_setting_store_text(struct call *call, const char *kind, struct slice text)
{
    struct bucket_setting setting = stored(call, kind);
    setting.body = text;
    enum status status = bucket_setting_put(call->sandbox->db, &setting);
    return status == STATUS_OK || s3_refuse_internal(call, status, "writing the bucket's settings");
}

bool s3_setting_drop(struct call *call, const char *kind)
{
    struct bucket_setting setting = stored(call, kind);
    enum status status = bucket_setting_delete(call->sandbox->db, &setting);
    return status == STATUS_OK || status == STATUS_NOT_FOUND ||
           s3_refuse_internal(call, status, "writing the bucket's settings");
}

bool s3_setting_load(struct call *call, const char *kind, const struct xml_element **ret_root)
{
    struct slice text;
    *ret_root = NULL;
    if (!s3_setting_load_text(call, kind, &text))
        return false;
    if (text.len == 0)
        return true;
    enum status status = xml_parse(text, &call->arena, ret_root);
    return status == STATUS_OK || s3_refuse_internal(call, status, "reading the bucket's settings");
}

/* ---- Put ---- */

static bool check_id(struct call *call, const struct xml_element *root, struct slice *ret_id)
{
    *ret_id = s3_parameter(call, "id");
    if (ret_id->len == 0)
        return s3_refuse(call, S3_INVALID_REQUEST, "Missing required query parameter: id");
    return slice_equal(xml_child_text(root, "Id"), *ret_id) ||
           s3_refuse(call, S3_ID_MISMATCH, NULL);
}

static bool keep_minimum(struct call *call)
{
    struct slice minimum = request_header(&call->request, MINIMUM_HEADER);
    if (minimum.ptr == NULL)
        minimum = SLICE(MINIMUM_AT_FIRST);
    if (!slice_equal(minimum, SLICE(MINIMUM_AT_FIRST)) &&
        !slice_equal(minimum, SLICE("varies_by_storage_class")))
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "Invalid TransitionDefaultMinimumObjectSize found: %.*s",
                         SLICE_ARG(minimum));
    call_add_header(call, MINIMUM_HEADER, minimum);
    return s3_setting_store_text(call, MINIMUM_KIND, minimum);
}

static bool is_lifecycle(const struct s3_setting *setting)
{
    return strcmp(setting->kind, "lifecycle") == 0;
}

/* A rule of a lifecycle without an ID gets one. */
static void put_rule(struct call *call, struct text *xml, const struct xml_element *rule)
{
    char id[48 + 1];
    xml_open(xml, "Rule", NULL);
    if (slice_equal(rule->name, SLICE("Rule")) && xml_child_text(rule, "ID").len == 0) {
        random_text(&call->sandbox->random, sizeof(id) - 1,
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", id);
        xml_put(xml, "ID", slice_of(id));
    }
    for (const struct xml_element *child = rule->first_child; child != NULL; child = child->next) {
        if (!slice_equal(child->name, SLICE("ID")) || child->text.len > 0)
            xml_put_element(xml, child, NULL);
    }
    xml_close(xml, "Rule");
}

static void write_body(struct call *call, const struct s3_setting *setting,
                       const struct xml_element *root, struct text *xml)
{
    text_init_in(xml, &call->arena, SETTING_MAX_BYTES);
    if (!is_lifecycle(setting)) {
        xml_put_element(xml, root, S3_XMLNS);
        return;
    }
    xml_open(xml, setting->root, S3_XMLNS);
    for (const struct xml_element *child = root->first_child; child != NULL; child = child->next)
        put_rule(call, xml, child);
    xml_close(xml, setting->root);
}

void s3_put_setting(struct call *call)
{
    const struct s3_setting *setting = s3_setting_of(call);
    const struct s3_xml_rule rule = {setting->root, setting->type, setting->needs_digest};
    const struct xml_element *root = NULL;
    struct slice id = slice_make("", 0);
    struct text xml;
    if (!s3_schema_read(call, &rule, &root) || (setting->has_id && !check_id(call, root, &id)) ||
        (setting->check != NULL && !setting->check(call, root)) ||
        (is_lifecycle(setting) && !keep_minimum(call)))
        return;
    write_body(call, setting, root, &xml);
    struct bucket_setting row = stored(call, setting->kind);
    row.id = id;
    row.body = text_slice(&xml);
    enum status status =
        xml.status == STATUS_OK ? bucket_setting_put(call->sandbox->db, &row) : xml.status;
    if (status == STATUS_TOO_LARGE)
        (void)s3_refuse(call, S3_MALFORMED_XML, NULL);
    else if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "writing the bucket's settings");
    else {
        if (is_lifecycle(setting))
            s3_lifecycle_start(call->sandbox->s3_lifecycle);
        s3_answer_empty(call, 200);
    }
}

/* ---- Get ---- */

static void refuse_missing(struct call *call, const struct s3_setting *setting)
{
    if (!setting->has_id)
        s3_detail(call, "BucketName", s3_call_of(call)->bucket.name);
    (void)s3_refuse(call, setting->missing, NULL);
}

static bool add_minimum_header(struct call *call)
{
    struct slice minimum;
    if (!s3_setting_load_text(call, MINIMUM_KIND, &minimum))
        return false;
    call_add_header(call, MINIMUM_HEADER, minimum.len > 0 ? minimum : SLICE(MINIMUM_AT_FIRST));
    return true;
}

static void answer_setting(struct call *call, const struct s3_setting *setting, struct slice body)
{
    struct text xml = s3_xml(call);
    if (body.ptr != NULL) {
        text_append(&xml, body);
    } else {
        xml_open(&xml, setting->root, S3_XMLNS);
        text_append_text(&xml, setting->at_first);
        xml_close(&xml, setting->root);
    }
    if (!is_lifecycle(setting) || add_minimum_header(call))
        s3_answer_xml(call, &xml);
}

void s3_get_setting(struct call *call)
{
    const struct s3_setting *setting = s3_setting_of(call);
    struct bucket_setting row = stored(call, setting->kind);
    if (setting->has_id)
        row.id = s3_parameter(call, "id");
    enum status status = bucket_setting_find(call->sandbox->db, &call->arena, &row);
    bool is_set = status == STATUS_OK && row.body.len > 0;
    bool is_at_first = status == STATUS_NOT_FOUND && setting->at_first != NULL;
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        (void)s3_refuse_internal(call, status, "reading the bucket's settings");
    else if (is_set || is_at_first)
        answer_setting(call, setting, is_set ? row.body : slice_make(NULL, 0));
    else
        refuse_missing(call, setting);
}

/* ---- Delete ---- */

void s3_delete_setting(struct call *call)
{
    const struct s3_setting *setting = s3_setting_of(call);
    struct bucket_setting row = stored(call, setting->kind);
    if (setting->has_id)
        row.id = s3_parameter(call, "id");
    enum status status = setting->is_marked ? bucket_setting_put(call->sandbox->db, &row)
                                            : bucket_setting_delete(call->sandbox->db, &row);
    if (status == STATUS_NOT_FOUND && !setting->has_id)
        status = STATUS_OK;
    if (status == STATUS_NOT_FOUND)
        refuse_missing(call, setting);
    else if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "writing the bucket's settings");
    else
        s3_answer_empty(call, 204);
}

/* ---- List ---- */

static enum status put_list(struct call *call, struct text *xml,
                            const struct bucket_setting_list *list)
{
    struct slice token = {NULL, 0};
    xml_put(xml, "IsTruncated", list->is_truncated ? SLICE("true") : SLICE("false"));
    for (size_t i = 0; i < list->count; i++)
        text_append(xml, list->settings[i].body);
    if (!list->is_truncated)
        return STATUS_OK;
    enum status status = s3_token_make(list->settings[list->count - 1].id, &call->arena, &token);
    xml_put(xml, "NextContinuationToken", token);
    return status;
}

void s3_list_settings(struct call *call)
{
    const struct s3_setting *setting = s3_setting_of(call);
    struct slice token = s3_parameter(call, "continuation-token");
    struct bucket_setting_list list = {.bucket_id = s3_call_of(call)->bucket.id,
                                       .kind = slice_of(setting->kind),
                                       .after = slice_make("", 0),
                                       .max = LIST_MAX};
    if (token.len > 0 && s3_token_read(token, &call->arena, &list.after) != STATUS_OK) {
        (void)s3_refuse_argument(call, "continuation-token", token,
                                 "The continuation token provided is incorrect");
        return;
    }
    const char *root = arena_printf(&call->arena, "List%ssResult", setting->name);
    enum status status = bucket_setting_list(call->sandbox->db, &call->arena, &list);
    struct text xml = s3_xml(call);
    xml_open(&xml, root, S3_XMLNS);
    if (status == STATUS_OK)
        status = put_list(call, &xml, &list);
    xml_close(&xml, root);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "listing the bucket's settings");
    else
        s3_answer_xml(call, &xml);
}
