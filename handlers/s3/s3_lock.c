#include "handlers/s3/s3_lock.h"

#include "emulator/base/dates.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_schema.h"
#include "handlers/s3/s3_settings.h"
#include "storage/object_versions.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)
#define DAYS_OF_YEAR 365

static bool is_governance(struct slice mode)
{
    return slice_equal(mode, SLICE("GOVERNANCE"));
}

static bool is_mode(struct slice mode)
{
    return is_governance(mode) || slice_equal(mode, SLICE("COMPLIANCE"));
}

static bool refuse_lockless(struct call *call)
{
    return s3_refuse(call, S3_INVALID_REQUEST, "Bucket is missing Object Lock Configuration");
}

static bool check_date(struct call *call, struct slice text, int64_t date_ms)
{
    return date_ms > s3_now_ms(call) ||
           s3_refuse_argument(call, "RetainUntilDate", text,
                              "The retain until date must be in the future!");
}

/* ---- headers ---- */

static bool refuse_half(struct call *call, const char *missing)
{
    s3_detail(call, "ArgumentName", slice_of(missing));
    return s3_refuse(
        call, S3_INVALID_ARGUMENT,
        "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied");
}

static bool read_retention(struct call *call, struct slice mode, struct slice until,
                           struct object_traits *traits)
{
    if (mode.ptr == NULL)
        return refuse_half(call, "x-amz-object-lock-mode");
    if (until.ptr == NULL)
        return refuse_half(call, "x-amz-object-lock-retain-until-date");
    if (!is_mode(mode))
        return s3_refuse_argument(call, "x-amz-object-lock-mode", mode,
                                  "Unknown wormMode directive.");
    if (dates_parse_iso(until, &traits->lock_until_ms) != STATUS_OK)
        return s3_refuse_argument(call, "x-amz-object-lock-retain-until-date", until,
                                  "The retain until date must be provided in ISO 8601 format");
    traits->lock_mode = mode;
    return check_date(call, until, traits->lock_until_ms);
}

static bool read_hold(struct call *call, struct slice hold, struct object_traits *traits)
{
    traits->has_hold = slice_equal(hold, SLICE("ON"));
    return traits->has_hold || hold.ptr == NULL || slice_equal(hold, SLICE("OFF")) ||
           s3_refuse_argument(call, "x-amz-object-lock-legal-hold", hold,
                              "Legal Hold must be either of 'ON' or 'OFF'");
}

static bool take_default(struct call *call, struct object_traits *traits)
{
    const struct xml_element *root = NULL;
    if (!s3_call_of(call)->bucket.has_lock)
        return true;
    if (!s3_setting_load(call, "object-lock", &root))
        return false;
    const struct xml_element *retention = xml_child(xml_child(root, "Rule"), "DefaultRetention");
    if (retention == NULL)
        return true;
    int64_t days = s3_schema_number(retention, "Days");
    int64_t years = s3_schema_number(retention, "Years");
    traits->lock_mode = xml_child_text(retention, "Mode");
    traits->lock_until_ms = s3_now_ms(call) + (days + years * DAYS_OF_YEAR) * DAY_MS;
    return true;
}

bool s3_lock_read_headers(struct call *call, struct object_traits *traits)
{
    const struct http_request *request = &call->request;
    struct slice mode = request_header(request, "x-amz-object-lock-mode");
    struct slice until = request_header(request, "x-amz-object-lock-retain-until-date");
    struct slice hold = request_header(request, "x-amz-object-lock-legal-hold");
    bool is_asked = mode.ptr != NULL || until.ptr != NULL || hold.ptr != NULL;
    if (is_asked && !s3_call_of(call)->bucket.has_lock)
        return refuse_lockless(call);
    if (!read_hold(call, hold, traits))
        return false;
    return mode.ptr != NULL || until.ptr != NULL ? read_retention(call, mode, until, traits)
                                                 : take_default(call, traits);
}

void s3_lock_add_headers(struct call *call, const struct object_traits *traits)
{
    char date[DATE_TEXT_BYTES];
    if (traits->has_hold)
        call_add_header_text(call, "x-amz-object-lock-legal-hold", "ON");
    if (traits->lock_mode.len == 0)
        return;
    dates_iso_ms(traits->lock_until_ms, date);
    call_add_header(call, "x-amz-object-lock-mode", traits->lock_mode);
    call_add_header_text(call, "x-amz-object-lock-retain-until-date", date);
}

/* ---- removing ---- */

static bool bypasses(struct call *call)
{
    return slice_equal_nocase(request_header(&call->request, "x-amz-bypass-governance-retention"),
                              SLICE("true"));
}

bool s3_lock_check_bypass(struct call *call)
{
    if (!request_has_header(&call->request, "x-amz-bypass-governance-retention") ||
        s3_call_of(call)->bucket.has_lock)
        return true;
    s3_detail(call, "ArgumentName", SLICE("x-amz-bypass-governance-retention"));
    return s3_refuse(call, S3_INVALID_ARGUMENT,
                     "x-amz-bypass-governance-retention is only applicable to Object Lock enabled "
                     "buckets.");
}

static bool is_retained(struct call *call, const struct object_traits *traits)
{
    return traits->lock_mode.len > 0 && traits->lock_until_ms > s3_now_ms(call);
}

bool s3_lock_allows_removal(struct call *call, const struct object *object)
{
    const struct object_traits *traits = &object->traits;
    if (traits->has_hold)
        return false;
    return !is_retained(call, traits) || (is_governance(traits->lock_mode) && bypasses(call));
}

/* ---- retention and legal hold of one version ---- */

static bool find_locked(struct call *call, bool is_change, struct object *object)
{
    bool found = is_change ? s3_find_for_change(call, object) : s3_find_object(call, false, object);
    return found && (s3_call_of(call)->bucket.has_lock || refuse_lockless(call));
}

static void write_traits(struct call *call, const struct object *object)
{
    enum status status = object_versions_update(call->sandbox->db, object);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "writing the lock");
    else
        s3_answer_empty(call, 200);
}

/* Shortening, or leaving, a retention needs the bypass; of COMPLIANCE nothing allows it. */
static bool check_change(struct call *call, const struct object_traits *old,
                         const struct object_traits *changed)
{
    bool is_longer = changed->lock_mode.len > 0 && changed->lock_until_ms >= old->lock_until_ms;
    bool is_same_mode = slice_equal(old->lock_mode, changed->lock_mode);
    if (!is_retained(call, old) || (is_longer && is_same_mode))
        return true;
    if (is_governance(old->lock_mode) && bypasses(call))
        return true;
    return s3_refuse(call, S3_ACCESS_DENIED,
                     "Access Denied because object protected by object lock.");
}

void s3_put_object_retention(struct call *call)
{
    static const struct s3_xml_rule rule = {
        .root = "Retention", .type = "ObjectLockRetention", .needs_digest = true};
    const struct xml_element *root = NULL;
    struct object object;
    if (!s3_schema_read(call, &rule, &root) || !find_locked(call, true, &object))
        return;
    struct object_traits old = object.traits;
    struct slice until = slice_trim(xml_child_text(root, "RetainUntilDate"));
    object.traits.lock_mode = xml_child_text(root, "Mode");
    object.traits.lock_until_ms = 0;
    if ((object.traits.lock_mode.len > 0) != (until.len > 0)) {
        (void)s3_refuse(call, S3_MALFORMED_XML, NULL);
        return;
    }
    if (until.len > 0 && (dates_parse_iso(until, &object.traits.lock_until_ms) != STATUS_OK ||
                          !check_date(call, until, object.traits.lock_until_ms)))
        return;
    if (check_change(call, &old, &object.traits))
        write_traits(call, &object);
}

void s3_get_object_retention(struct call *call)
{
    struct object object;
    if (!find_locked(call, false, &object))
        return;
    if (object.traits.lock_mode.len == 0) {
        (void)s3_refuse(call, S3_NO_SUCH_LOCK, NULL);
        return;
    }
    char date[DATE_TEXT_BYTES];
    struct text xml = s3_xml(call);
    dates_iso_ms(object.traits.lock_until_ms, date);
    xml_open(&xml, "Retention", S3_XMLNS);
    xml_put(&xml, "Mode", object.traits.lock_mode);
    xml_put(&xml, "RetainUntilDate", slice_of(date));
    xml_close(&xml, "Retention");
    s3_answer_xml(call, &xml);
}

void s3_put_object_legal_hold(struct call *call)
{
    static const struct s3_xml_rule rule = {
        .root = "LegalHold", .type = "ObjectLockLegalHold", .needs_digest = true};
    const struct xml_element *root = NULL;
    struct object object;
    if (!s3_schema_read(call, &rule, &root) || !find_locked(call, true, &object))
        return;
    if (xml_child(root, "Status") == NULL) {
        (void)s3_refuse(call, S3_MALFORMED_XML, NULL);
        return;
    }
    object.traits.has_hold = slice_equal(xml_child_text(root, "Status"), SLICE("ON"));
    write_traits(call, &object);
}

void s3_get_object_legal_hold(struct call *call)
{
    struct object object;
    if (!find_locked(call, false, &object))
        return;
    struct text xml = s3_xml(call);
    xml_open(&xml, "LegalHold", S3_XMLNS);
    xml_put(&xml, "Status", object.traits.has_hold ? SLICE("ON") : SLICE("OFF"));
    xml_close(&xml, "LegalHold");
    s3_answer_xml(call, &xml);
}
