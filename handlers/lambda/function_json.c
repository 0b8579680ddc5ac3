#include "handlers/lambda/function_json.h"

#include <stdio.h>

#include "emulator/base/dates.h"
#include "emulator/base/hash.h"
#include "emulator/base/ids.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"

static void write_state(struct json_writer *w, enum function_moment moment)
{
    switch (moment) {
    case FUNCTION_CREATED:
        json_put_text(w, "State", "Pending");
        json_put_text(w, "StateReason", "The function is being created.");
        json_put_text(w, "StateReasonCode", "Creating");
        break;
    case FUNCTION_UPDATED:
        json_put_text(w, "State", "Active");
        json_put_text(w, "LastUpdateStatus", "InProgress");
        json_put_text(w, "LastUpdateStatusReason", "The function is being created.");
        json_put_text(w, "LastUpdateStatusReasonCode", "Creating");
        break;
    case FUNCTION_READY:
        json_put_text(w, "State", "Active");
        json_put_text(w, "LastUpdateStatus", "Successful");
        break;
    case FUNCTION_VERSION:
        json_put_text(w, "State", "Active");
        break;
    case FUNCTION_LISTED:
        break;
    }
}

static void write_object_of_one(struct json_writer *w, const char *name, const char *member,
                                struct slice value)
{
    json_key(w, name);
    json_begin_object(w);
    json_put_string(w, member, value);
    json_end_object(w);
}

/* AWS's runtime versions have a hash in their name; ours is one of the runtime's name. */
static void write_runtime_version(struct json_writer *w, const struct function_row *row)
{
    uint8_t digest[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    char arn[160];
    hash_sha256(row->runtime, digest);
    hash_hex(digest, sizeof(digest), hex);
    (void)snprintf(arn, sizeof(arn), "arn:aws:lambda:%.*s::runtime:%s", SLICE_ARG(row->region),
                   hex);
    write_object_of_one(w, "RuntimeVersionConfig", "RuntimeVersionArn", slice_of(arn));
}

static void write_logging(struct json_writer *w, const struct function_row *row)
{
    json_key(w, "LoggingConfig");
    json_begin_object(w);
    json_put_text(w, "LogFormat", "Text");
    json_put_string(w, "LogGroup", row->log_group);
    json_end_object(w);
}

static void write_code(struct json_writer *w, const struct function_row *row)
{
    json_key(w, "Architectures");
    json_begin_array(w);
    json_write_string(w, row->architecture);
    json_end_array(w);
    if (row->code_sha256.len > 0)
        json_put_string(w, "CodeSha256", row->code_sha256);
    json_put_integer(w, "CodeSize", row->code_size);
    json_put_text(w, "PackageType", "Zip");
}

static void write_settings(struct json_writer *w, const struct function_row *row)
{
    json_put_string(w, "Description", row->description);
    if (row->environment.len > 0) {
        json_key(w, "Environment");
        json_begin_object(w);
        json_put_raw(w, "Variables", row->environment);
        json_end_object(w);
    }
    json_key(w, "EphemeralStorage");
    json_begin_object(w);
    json_put_integer(w, "Size", row->storage_mb);
    json_end_object(w);
    json_put_string(w, "Handler", row->handler);
    write_logging(w, row);
    json_put_integer(w, "MemorySize", row->memory_mb);
    json_put_string(w, "Role", row->role);
    json_put_string(w, "Runtime", row->runtime);
    json_put_integer(w, "Timeout", row->timeout_s);
    write_object_of_one(w, "TracingConfig", "Mode", row->tracing);
}

void function_json_write(struct call *call, struct json_writer *w, const struct function_row *row,
                         enum function_moment moment, struct slice qualifier,
                         struct slice revision_id)
{
    char modified[DATE_TEXT_BYTES];
    dates_iso_offset(row->modified_ms, modified);
    json_begin_object(w);
    json_put_string(w, "FunctionName", row->name);
    json_put_string(w, "FunctionArn", function_address_arn(call, row->name, qualifier));
    json_put_text(w, "Version", "$LATEST");
    json_put_text(w, "LastModified", modified);
    json_put_string(w, "RevisionId", revision_id);
    write_code(w, row);
    write_settings(w, row);
    json_key(w, "SnapStart");
    json_begin_object(w);
    json_put_text(w, "ApplyOn", "None");
    json_put_text(w, "OptimizationStatus", "Off");
    json_end_object(w);
    if (moment != FUNCTION_LISTED)
        write_runtime_version(w, row);
    write_state(w, moment);
    json_end_object(w);
}

void function_json_answer(struct call *call, int status, const struct function_row *row,
                          enum function_moment moment)
{
    char fleeting[UUID_CHARS + 1];
    random_uuid(&call->sandbox->random, fleeting);
    bool is_reply = moment == FUNCTION_CREATED || moment == FUNCTION_UPDATED;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    function_json_write(call, &w, row, moment, slice_make(NULL, 0),
                        is_reply ? slice_of(fleeting) : row->revision_id);
    rest_json_answer(call, status, &body);
}
