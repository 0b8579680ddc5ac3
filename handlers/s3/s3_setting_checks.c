/*
 * s3_setting_checks.c -- what must hold of a bucket's settings besides their schema.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/dates.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_schema.h"
#include "handlers/s3/s3_settings.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)
#define RULES_MAX 1000U
#define ARN_PREFIX "arn:aws:s3:::"

bool s3_check_accelerate(struct call *call, const struct xml_element *root)
{
    struct slice name = s3_call_of(call)->bucket.name;
    if (xml_child(root, "Status") == NULL)
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    return slice_find(name, '.') == name.len ||
           s3_refuse(call, S3_INVALID_REQUEST,
                     "S3 Transfer Acceleration is not supported for buckets with periods (.) in "
                     "their names");
}

bool s3_check_encryption(struct call *call, const struct xml_element *root)
{
    const struct xml_element *rule = xml_child(root, "Rule");
    const struct xml_element *by_default = xml_child(rule, "ApplyServerSideEncryptionByDefault");
    if (rule->next != NULL)
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    if (!slice_equal(xml_child_text(by_default, "SSEAlgorithm"), SLICE("AES256")) ||
        xml_child(by_default, "KMSMasterKeyID") == NULL)
        return true;
    s3_detail(call, "ArgumentName", SLICE("ApplyServerSideEncryptionByDefault"));
    return s3_refuse(call, S3_INVALID_ARGUMENT,
                     "a KMSMasterKeyID is not applicable if the default sse algorithm is not "
                     "aws:kms or aws:kms:dsse");
}

bool s3_check_ownership(struct call *call, const struct xml_element *root)
{
    return root->first_child->next == NULL || s3_refuse(call, S3_MALFORMED_XML, NULL);
}

/* ---- lifecycle ---- */

static bool check_date(struct call *call, const struct xml_element *parent)
{
    int64_t date_ms = 0;
    struct slice text = slice_trim(xml_child_text(parent, "Date"));
    if (text.len == 0 || dates_parse_iso(text, &date_ms) != STATUS_OK || date_ms % DAY_MS == 0)
        return true;
    return s3_refuse_argument(call, "Date", text, "'Date' must be at midnight GMT");
}

static bool check_days(struct call *call, const struct xml_element *parent, const char *name)
{
    struct slice text = slice_trim(xml_child_text(parent, name));
    return text.len == 0 || s3_schema_number(parent, name) > 0 ||
           s3_refuse_argument(call, name, text,
                              "'Days' for Expiration action must be a positive integer");
}

static bool has_duplicate_tags(const struct xml_element *list)
{
    for (const struct xml_element *a = list != NULL ? list->first_child : NULL; a != NULL;
         a = a->next) {
        for (const struct xml_element *b = a->next; b != NULL; b = b->next) {
            if (slice_equal(a->name, SLICE("Tag")) && slice_equal(b->name, SLICE("Tag")) &&
                slice_equal(xml_child_text(a, "Key"), xml_child_text(b, "Key")))
                return true;
        }
    }
    return false;
}

/* An action, and one way to say what the rule is about. */
static bool has_right_form(const struct xml_element *rule)
{
    bool has_prefix = xml_child(rule, "Prefix") != NULL;
    const struct xml_element *filter = xml_child(rule, "Filter");
    const struct xml_element *expiration = xml_child(rule, "Expiration");
    bool has_action = expiration != NULL || xml_child(rule, "Transition") != NULL ||
                      xml_child(rule, "NoncurrentVersionTransition") != NULL ||
                      xml_child(rule, "NoncurrentVersionExpiration") != NULL ||
                      xml_child(rule, "AbortIncompleteMultipartUpload") != NULL;
    if (has_prefix == (filter != NULL) || !has_action)
        return false;
    if (filter != NULL && filter->first_child != NULL && filter->first_child->next != NULL)
        return false;
    return expiration == NULL ||
           (expiration->first_child != NULL && expiration->first_child->next == NULL);
}

static bool has_id_before(const struct xml_element *root, const struct xml_element *rule)
{
    struct slice id = xml_child_text(rule, "ID");
    for (const struct xml_element *other = root->first_child; other != rule && id.len > 0;
         other = other->next) {
        if (slice_equal(xml_child_text(other, "ID"), id))
            return true;
    }
    return false;
}

static bool check_lifecycle_rule(struct call *call, const struct xml_element *root,
                                 const struct xml_element *rule)
{
    struct slice id = xml_child_text(rule, "ID");
    const struct xml_element *expiration = xml_child(rule, "Expiration");
    const struct xml_element *filter = xml_child(rule, "Filter");
    if (!has_right_form(rule))
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    if (id.len > 255)
        return s3_refuse_argument(call, "ID", id,
                                  "ID length should not exceed allowed limit of 255");
    if (has_id_before(root, rule))
        return s3_refuse_argument(call, "ID", id,
                                  "Rule ID must be unique. Found same ID for more than one rule");
    if (has_duplicate_tags(xml_child(filter, "And")))
        return s3_refuse(call, S3_INVALID_REQUEST, "Duplicate Tag Keys are not allowed.");
    for (const struct xml_element *child = rule->first_child; child != NULL; child = child->next) {
        if (slice_equal(child->name, SLICE("Transition")) && !check_date(call, child))
            return false;
    }
    return check_date(call, expiration) && check_days(call, expiration, "Days");
}

bool s3_check_lifecycle(struct call *call, const struct xml_element *root)
{
    size_t count = 0;
    for (const struct xml_element *rule = root->first_child; rule != NULL; rule = rule->next) {
        if (++count > RULES_MAX)
            return s3_refuse(call, S3_MALFORMED_XML, NULL);
        if (!check_lifecycle_rule(call, root, rule))
            return false;
    }
    return true;
}

/* ---- settings that name another bucket ---- */

static bool find_bucket(struct call *call, struct slice name, struct bucket *bucket,
                        bool *ret_found)
{
    enum status status = bucket_store_find(call->sandbox->db, name, &call->arena, bucket);
    *ret_found = status == STATUS_OK;
    return status == STATUS_OK || status == STATUS_NOT_FOUND ||
           s3_refuse_internal(call, status, "looking up the bucket");
}

static bool refuse_crossing(struct call *call, struct slice source, struct slice target)
{
    if (!slice_equal(source, SLICE("us-east-1")))
        s3_detail(call, "SourceBucketLocation", source);
    s3_detail(call, "TargetBucketLocation", target);
    return s3_refuse(call, S3_CROSS_LOCATION_LOGGING, NULL);
}

bool s3_check_logging(struct call *call, const struct xml_element *root)
{
    const struct xml_element *enabled = xml_child(root, "LoggingEnabled");
    struct slice name = xml_child_text(enabled, "TargetBucket");
    struct slice region = s3_call_of(call)->bucket.region;
    struct bucket target;
    bool found = false;
    if (enabled == NULL)
        return true;
    if (!find_bucket(call, name, &target, &found))
        return false;
    if (!found || !slice_equal(target.account, s3_call_of(call)->bucket.account)) {
        s3_detail(call, "TargetBucket", name);
        return s3_refuse(call, S3_INVALID_TARGET_BUCKET, NULL);
    }
    return slice_equal(target.region, region) || refuse_crossing(call, region, target.region);
}

static bool check_replication_rule(struct call *call, const struct xml_element *rule)
{
    struct slice arn = xml_child_text(xml_child(rule, "Destination"), "Bucket");
    struct bucket target;
    bool found = false;
    struct slice name =
        slice_starts_with(arn, SLICE(ARN_PREFIX)) ? slice_from(arn, sizeof(ARN_PREFIX) - 1) : arn;
    if (!find_bucket(call, name, &target, &found))
        return false;
    return (found && target.versioning == BUCKET_VERSIONED) ||
           s3_refuse(call, S3_INVALID_REQUEST, "Destination bucket must have versioning enabled.");
}

bool s3_check_replication(struct call *call, const struct xml_element *root)
{
    if (s3_call_of(call)->bucket.versioning != BUCKET_VERSIONED)
        return s3_refuse(
            call, S3_INVALID_REQUEST,
            "Versioning must be 'Enabled' on the bucket to apply a replication configuration");
    for (const struct xml_element *rule = root->first_child; rule != NULL; rule = rule->next) {
        if (slice_equal(rule->name, SLICE("Rule")) && !check_replication_rule(call, rule))
            return false;
    }
    return true;
}

/* ---- object lock ---- */

static bool check_retention(struct call *call, const struct xml_element *retention)
{
    const struct xml_element *days = xml_child(retention, "Days");
    const struct xml_element *years = xml_child(retention, "Years");
    if (xml_child(retention, "Mode") == NULL || (days == NULL) == (years == NULL))
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    if (s3_schema_number(retention, days != NULL ? "Days" : "Years") <= 0)
        return s3_refuse(call, S3_INVALID_ARGUMENT,
                         "Default retention period must be a positive integer value.");
    return true;
}

/* Lock is switched on with it; what is there before stays without. */
bool s3_check_object_lock(struct call *call, const struct xml_element *root)
{
    struct bucket bucket = s3_call_of(call)->bucket;
    const struct xml_element *rule = xml_child(root, "Rule");
    if (xml_child(root, "ObjectLockEnabled") == NULL)
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    if (rule != NULL && !check_retention(call, xml_child(rule, "DefaultRetention")))
        return false;
    if (!bucket.has_lock && bucket.versioning != BUCKET_VERSIONED)
        return s3_refuse(
            call, S3_INVALID_BUCKET_STATE,
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
    bucket.has_lock = true;
    enum status status = bucket_store_update(call->sandbox->db, &bucket);
    return status == STATUS_OK || s3_refuse_internal(call, status, "writing the bucket");
}
