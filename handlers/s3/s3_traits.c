#include "handlers/s3/s3_traits.h"

#include "emulator/base/dates.h"
#include "handlers/s3/s3_acl.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_encryption.h"
#include "handlers/s3/s3_lifecycle_rules.h"
#include "handlers/s3/s3_lock.h"
#include "handlers/s3/s3_settings.h"
#include "handlers/s3/s3_tags.h"

static bool read_storage_class(struct call *call, struct slice *ret_class)
{
    static const char *const known[] = {"REDUCED_REDUNDANCY",  "STANDARD_IA", "ONEZONE_IA",
                                        "INTELLIGENT_TIERING", "GLACIER",     "GLACIER_IR",
                                        "DEEP_ARCHIVE"};
    struct slice value = request_header(&call->request, "x-amz-storage-class");
    *ret_class = SLICE("");
    if (value.ptr == NULL || slice_equal(value, SLICE("STANDARD")))
        return true;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (slice_equal_text(value, known[i])) {
            *ret_class = value;
            return true;
        }
    }
    s3_detail(call, "StorageClassRequested", value);
    return s3_refuse(call, S3_INVALID_STORAGE_CLASS, NULL);
}

bool s3_traits_read(struct call *call, struct object_traits *traits)
{
    *traits = (struct object_traits){.has_hold = false};
    return read_storage_class(call, &traits->storage_class) &&
           s3_tags_from_header(call, request_header(&call->request, "x-amz-tagging"),
                               &traits->tags) &&
           s3_acl_read_headers(call, &traits->acl) &&
           s3_encryption_read(call, &traits->encryption) && s3_lock_read_headers(call, traits);
}

struct slice s3_storage_class_text(struct slice storage_class)
{
    return storage_class.len > 0 ? storage_class : SLICE("STANDARD");
}

static bool is_archived(const struct object *object)
{
    return slice_equal(object->traits.storage_class, SLICE("GLACIER")) ||
           slice_equal(object->traits.storage_class, SLICE("DEEP_ARCHIVE"));
}

static bool is_restored(struct call *call, const struct object *object)
{
    return object->restored_until_ms > s3_now_ms(call);
}

bool s3_traits_check_readable(struct call *call, const struct object *object)
{
    if (!is_archived(object) || is_restored(call, object))
        return true;
    s3_detail(call, "StorageClass", object->traits.storage_class);
    return s3_refuse(call, S3_INVALID_OBJECT_STATE, NULL);
}

/* x-amz-expiration: when the bucket's lifecycle lets the latest version expire. */
static void add_expiration_header(struct call *call, const struct object *object)
{
    char date[DATE_TEXT_BYTES];
    struct slice text;
    struct lifecycle lifecycle;
    struct slice rule;
    int64_t expiry_ms = 0;
    const struct lifecycle_version version = {.key = object->key,
                                              .size = object->size,
                                              .tags = object->traits.tags,
                                              .modified_ms = object->modified_ms};
    if (object->is_past || !s3_setting_load_text(call, "lifecycle", &text) || text.len == 0 ||
        lifecycle_parse(text, SLICE(""), &call->arena, &lifecycle) != STATUS_OK ||
        !lifecycle_expiry(&lifecycle, &version, &expiry_ms, &rule))
        return;
    dates_http(expiry_ms, date);
    call_add_header_text(
        call, "x-amz-expiration",
        arena_printf(&call->arena, "expiry-date=\"%s\", rule-id=\"%.*s\"", date, SLICE_ARG(rule)));
}

void s3_traits_add_headers(struct call *call, const struct object *object)
{
    char date[DATE_TEXT_BYTES];
    size_t tags = s3_tags_count(object->traits.tags);
    if (object->traits.storage_class.len > 0)
        call_add_header(call, "x-amz-storage-class", object->traits.storage_class);
    if (tags > 0)
        call_add_header_text(call, "x-amz-tagging-count", arena_printf(&call->arena, "%zu", tags));
    if (is_archived(object) && is_restored(call, object)) {
        dates_http(object->restored_until_ms, date);
        call_add_header_text(
            call, "x-amz-restore",
            arena_printf(&call->arena, "ongoing-request=\"false\", expiry-date=\"%s\"", date));
    }
    s3_encryption_add_headers(call, object->traits.encryption);
    s3_lock_add_headers(call, &object->traits);
    add_expiration_header(call, object);
}
