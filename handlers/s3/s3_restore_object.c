/*
 * s3_restore_object.c -- RestoreObject: there at once, until a midnight.
 */
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_schema.h"
#include "storage/object_versions.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static bool read_days(struct call *call, int64_t *ret_days)
{
    static const struct s3_xml_rule rule = {.root = "RestoreRequest", .type = "RestoreRequest"};
    const struct xml_element *root = NULL;
    if (!s3_schema_read(call, &rule, &root))
        return false;
    if (xml_child(root, "Type") != NULL || xml_child(root, "OutputLocation") != NULL)
        return s3_refuse(call, S3_NOT_IMPLEMENTED,
                         "Hydrant does not implement select jobs of RestoreObject.");
    *ret_days = s3_schema_number(root, "Days");
    return *ret_days > 0 || s3_refuse(call, S3_MALFORMED_XML, NULL);
}

static bool check_archived(struct call *call, const struct object *object)
{
    struct slice of = object->traits.storage_class;
    return slice_equal(of, SLICE("GLACIER")) || slice_equal(of, SLICE("DEEP_ARCHIVE")) ||
           s3_refuse(call, S3_INVALID_OBJECT_STATE,
                     "Restore is not allowed for the object's current storage class");
}

void s3_restore_object(struct call *call)
{
    struct object object;
    int64_t days = 0;
    int64_t now_ms = s3_now_ms(call);
    if (!read_days(call, &days) || !s3_find_for_change(call, &object) ||
        !check_archived(call, &object))
        return;
    bool was_restored = object.restored_until_ms > now_ms;
    object.restored_until_ms = (now_ms / DAY_MS + days + 1) * DAY_MS;
    enum status status = object_versions_update(call->sandbox->db, &object);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "restoring an object");
    else
        s3_answer_empty(call, was_restored ? 200 : 202);
}
