#include "handlers/lambda/function_json.h"

#include <stdio.h>

#include "emulator/base/dates.h"
#include "emulator/base/hash.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_version.h"
#include "emulator/protocol/rest_json.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_state.h"

static void write_pending(struct json_writer *w)
{
    json_put_text(w, "State", "Pending");
    json_put_text(w, "StateReason", "The function is being created.");
    json_put_text(w, "StateReasonCode", "Creating");
}

static void write_updating(struct json_writer *w)
{
    json_put_text(w, "State", "Active");
    json_put_text(w, "LastUpdateStatus", "InProgress");
    json_put_text(w, "LastUpdateStatusReason", "The function is being created.");
    json_put_text(w, "LastUpdateStatusReasonCode", "Creating");
}

static void write_state(struct call *call, struct json_writer *w, const struct function_row *row,
                        enum function_moment moment)
{
    if (moment == FUNCTION_LISTED)
        return;
    bool is_version = moment == FUNCTION_VERSION;
    if (moment == FUNCTION_CREATED || function_state_is_pending(call, row)) {
        write_pending(w);
    } else if (moment == FUNCTION_UPDATED ||
               (function_state_is_updating(call, row) && !is_version)) {
        write_updating(w);
    } else {
        json_put_text(w, "State", "Active");
        if (!is_version)
            json_put_text(w, "LastUpdateStatus", "Successful");
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

static void write_level(struct json_writer *w, const char *name, struct slice level)
{
    json_put_string(w, name, level.len > 0 ? level : SLICE("INFO"));
}

static void write_logging(struct json_writer *w, const struct function_row *row)
{
    json_key(w, "LoggingConfig");
    json_begin_object(w);
    bool is_json = slice_equal_text(row->log_format, "JSON");
    json_put_text(w, "LogFormat", is_json ? "JSON" : "Text");
    if (is_json) {
        write_level(w, "ApplicationLogLevel", row->application_level);
        write_level(w, "SystemLogLevel", row->system_level);
    }
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
    if (row->layers.len > 0)
        json_put_raw(w, "Layers", row->layers);
    json_put_integer(w, "MemorySize", row->memory_mb);
    json_put_string(w, "Role", row->role);
    json_put_string(w, "Runtime", row->runtime);
    json_put_integer(w, "Timeout", row->timeout_s);
    write_object_of_one(w, "TracingConfig", "Mode", row->tracing);
}

static struct slice revision_of(struct call *call, const struct function_row *row,
                                enum function_moment moment)
{
    bool is_reply = moment == FUNCTION_CREATED || moment == FUNCTION_UPDATED;
    return is_reply ? row->change_revision_id : function_state_revision(call, row);
}

void function_json_write(struct call *call, struct json_writer *w, const struct function_row *row,
                         enum function_moment moment, struct slice qualifier)
{
    char modified[DATE_TEXT_BYTES];
    char version[FUNCTION_VERSION_TEXT_BYTES];
    dates_iso_offset(row->modified_ms, modified);
    function_version_text(row, version);
    json_begin_object(w);
    json_put_string(w, "FunctionName", row->name);
    json_put_string(w, "FunctionArn", function_address_arn(call, row->name, qualifier));
    json_put_text(w, "Version", version);
    json_put_text(w, "LastModified", modified);
    json_put_string(w, "RevisionId", revision_of(call, row, moment));
    write_code(w, row);
    write_settings(w, row);
    json_key(w, "SnapStart");
    json_begin_object(w);
    json_put_text(w, "ApplyOn", "None");
    json_put_text(w, "OptimizationStatus", "Off");
    json_end_object(w);
    if (moment != FUNCTION_LISTED)
        write_runtime_version(w, row);
    write_state(call, w, row, moment);
    json_end_object(w);
}

void function_json_answer(struct call *call, int status, const struct function_row *row,
                          enum function_moment moment)
{
    char version[FUNCTION_VERSION_TEXT_BYTES];
    function_version_text(row, version);
    struct slice qualifier = row->version != 0 ? slice_of(version) : slice_make(NULL, 0);
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    function_json_write(call, &w, row, moment, qualifier);
    rest_json_answer(call, status, &body);
}
