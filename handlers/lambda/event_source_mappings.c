/*
 * event_source_mappings.c -- CreateEventSourceMapping, GetEventSourceMapping,
 * UpdateEventSourceMapping, DeleteEventSourceMapping, ListEventSourceMappings. What reads the
 * streams is emulator/lambda/event_source.h.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/event_source.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/event_source_settings.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "storage/event_source_store.h"

#define PAGE_MAX_MAPPINGS 100u

/* ---- JSON -------------------------------------------------------------------------------- */

static struct slice state_of(struct call *call, const struct event_source_row *row)
{
    if (sim_clock_now_ms(&call->sandbox->clock) < row->ready_ms)
        return row->change;
    return row->is_enabled ? SLICE("Enabled") : SLICE("Disabled");
}

static void write_settings(struct json_writer *w, const struct event_source_row *row)
{
    json_put_integer(w, "BatchSize", row->batch_size);
    json_put_integer(w, "MaximumBatchingWindowInSeconds", row->window_s);
    json_put_integer(w, "ParallelizationFactor", 1);
    json_put_integer(w, "TumblingWindowInSeconds", 0);
    json_put_integer(w, "MaximumRecordAgeInSeconds", row->max_age_s);
    json_put_integer(w, "MaximumRetryAttempts", row->max_retries);
    json_put_bool(w, "BisectBatchOnFunctionError", row->bisects);
    json_put_raw(w, "DestinationConfig", SLICE("{\"OnFailure\":{}}"));
    json_key(w, "FunctionResponseTypes");
    json_begin_array(w);
    if (row->reports_failures)
        json_write_string(w, SLICE("ReportBatchItemFailures"));
    json_end_array(w);
    json_put_string(w, "StartingPosition", row->starting_position);
    if (slice_equal_text(row->starting_position, "AT_TIMESTAMP"))
        json_put_seconds(w, "StartingPositionTimestamp", row->starting_ms);
}

static struct slice mapping_arn(struct call *call, const struct event_source_row *row)
{
    return slice_of(arena_printf(&call->arena, "arn:aws:lambda:%.*s:%.*s:event-source-mapping:%.*s",
                                 SLICE_ARG(row->region), SLICE_ARG(row->account),
                                 SLICE_ARG(row->uuid)));
}

static void write_mapping(struct call *call, struct json_writer *w,
                          const struct event_source_row *row, struct slice state)
{
    struct slice qualifier = row->function;
    struct slice name = slice_cut(&qualifier, ':');
    json_begin_object(w);
    json_put_string(w, "UUID", row->uuid);
    json_put_string(w, "EventSourceArn", row->source_arn);
    json_put_string(w, "EventSourceMappingArn", mapping_arn(call, row));
    json_put_string(w, "FunctionArn", function_address_arn(call, name, qualifier));
    write_settings(w, row);
    json_put_seconds(w, "LastModified", row->modified_ms);
    json_put_string(w, "LastProcessingResult", row->last_result);
    json_put_string(w, "State", state);
    json_put_text(w, "StateTransitionReason", "User action");
    json_end_object(w);
}

static void answer(struct call *call, int status, const struct event_source_row *row,
                   struct slice state)
{
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    write_mapping(call, &w, row, state);
    rest_json_answer(call, status, &body);
}

/* ---- create ------------------------------------------------------------------------------ */

static void begin_change(struct call *call, struct event_source_row *row, const char *state)
{
    row->modified_ms = sim_clock_now_ms(&call->sandbox->clock);
    row->ready_ms = row->modified_ms + call->sandbox->lambda_pending_ms;
    row->change = slice_of(state);
}

/* The call's next mapping in id order. STATUS_NOT_FOUND. */
static enum status next_own(struct call *call, int64_t after, struct event_source_row *ret_row)
{
    const struct principal *principal = call->principal;
    for (ret_row->id = after;;) {
        enum status status =
            event_source_store_next(call->sandbox->db, ret_row->id, &call->arena, ret_row);
        if (status != STATUS_OK || (slice_equal(ret_row->account, principal->account) &&
                                    slice_equal(ret_row->region, principal->region)))
            return status;
    }
}

static bool is_single(struct call *call, const struct event_source_row *row)
{
    struct event_source_row other = {.id = 0};
    enum status status = STATUS_OK;
    while ((status = next_own(call, other.id, &other)) == STATUS_OK) {
        if (!slice_equal(other.source_arn, row->source_arn) ||
            !slice_equal(other.function, row->function))
            continue;
        call_fail(call, &lambda_error_resource_conflict,
                  "The event source arn (\" %.*s \") and function (\" %.*s \") provided mapping "
                  "already exists. Please update or delete the existing mapping with UUID %.*s",
                  SLICE_ARG(row->source_arn), SLICE_ARG(row->function), SLICE_ARG(other.uuid));
        return false;
    }
    if (status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "looking for other mappings");
    return status == STATUS_NOT_FOUND;
}

static bool read_tags(struct call *call, struct event_source_row *row)
{
    const struct json *tags = json_member(call->input, "Tags");
    struct text json = rest_json_text(call);
    struct json_writer w = json_writer_make(&json);
    row->tags = SLICE("");
    if (json_count(tags) == 0)
        return true;
    json_write_value(&w, tags);
    if (json.status != STATUS_OK)
        call_fail_internal(call, json.status, "reading the tags");
    row->tags = text_slice(&json);
    return json.status == STATUS_OK;
}

static void store_new(struct call *call, struct event_source_row *row)
{
    enum status status = event_source_store_insert(call->sandbox->db, row);
    if (status == STATUS_OK)
        status = event_sources_begin(call->sandbox->event_sources, row);
    if (status == STATUS_NOT_FOUND) {
        call_fail(call, &lambda_error_invalid_parameter, "Stream not found: %.*s",
                  SLICE_ARG(row->source_arn));
    } else if (status != STATUS_OK) {
        call_fail_internal(call, status, "storing the mapping");
    } else {
        event_sources_changed(call->sandbox->event_sources, row);
        answer(call, 202, row, row->change);
    }
}

void lambda_create_event_source_mapping(struct call *call)
{
    char *uuid = arena_alloc(&call->arena, UUID_CHARS + 1);
    if (uuid == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "making the mapping");
        return;
    }
    random_uuid(&call->sandbox->random, uuid);
    struct event_source_row row = {
        .uuid = slice_of(uuid),
        .account = call->principal->account,
        .region = call->principal->region,
        .batch_size = 100,
        .max_age_s = -1,
        .max_retries = -1,
        .is_enabled = true,
        .last_result = SLICE(EVENT_SOURCE_NEVER),
    };
    if (!event_source_settings_read_source(call, &row) || !event_source_settings_read(call, &row) ||
        !is_single(call, &row) || !read_tags(call, &row))
        return;
    begin_change(call, &row, "Creating");
    store_new(call, &row);
}

/* ---- the others -------------------------------------------------------------------------- */

static bool find(struct call *call, struct event_source_row *ret_row)
{
    enum status status = event_source_store_find(
        call->sandbox->db, call->principal->account, call->principal->region,
        rest_json_label(call, "UUID"), &call->arena, ret_row);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &lambda_error_resource_not_found,
                  "The resource you requested does not exist.");
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the mapping");
    return status == STATUS_OK;
}

void lambda_get_event_source_mapping(struct call *call)
{
    struct event_source_row row;
    if (find(call, &row))
        answer(call, 200, &row, state_of(call, &row));
}

static const char *change_of(const struct event_source_row *before,
                             const struct event_source_row *after)
{
    if (before->is_enabled == after->is_enabled)
        return "Updating";
    return after->is_enabled ? "Enabling" : "Disabling";
}

void lambda_update_event_source_mapping(struct call *call)
{
    struct event_source_row before;
    if (!find(call, &before))
        return;
    struct event_source_row row = before;
    if (!event_source_settings_read(call, &row))
        return;
    begin_change(call, &row, change_of(&before, &row));
    enum status status = event_source_store_update(call->sandbox->db, &row);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "storing the mapping");
        return;
    }
    event_sources_changed(call->sandbox->event_sources, &row);
    answer(call, 202, &row, row.change);
}

void lambda_delete_event_source_mapping(struct call *call)
{
    struct event_source_row row;
    if (!find(call, &row))
        return;
    enum status status = event_source_store_delete(call->sandbox->db, row.id);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "deleting the mapping");
    else
        answer(call, 202, &row, SLICE("Deleting"));
}

/* ---- ListEventSourceMappings ------------------------------------------------------------- */

/* What the query asks for; empty: anything. */
struct wanted {
    struct slice function; /* "name" or "name:qualifier" */
    struct slice source_arn;
};

static bool read_wanted(struct call *call, struct wanted *wanted)
{
    struct slice given = rest_json_query(call, "FunctionName");
    struct function_address address;
    wanted->source_arn = rest_json_query(call, "EventSourceArn");
    wanted->function = slice_make(NULL, 0);
    if (given.len == 0)
        return true;
    if (!function_address_parse(call, given, slice_make(NULL, 0), &address))
        return false;
    wanted->function = address.name;
    if (address.qualifier.len > 0)
        wanted->function = slice_of(arena_printf(&call->arena, "%.*s:%.*s", SLICE_ARG(address.name),
                                                 SLICE_ARG(address.qualifier)));
    return true;
}

static bool fits(const struct wanted *wanted, const struct event_source_row *row)
{
    return (wanted->function.len == 0 || slice_equal(wanted->function, row->function)) &&
           (wanted->source_arn.len == 0 || slice_equal(wanted->source_arn, row->source_arn));
}

/* From behind `at` on. STATUS_OK: the page is full and more follow. */
static enum status write_page(struct call *call, struct json_writer *w, const struct wanted *wanted,
                              int64_t *at, uint64_t left)
{
    for (struct event_source_row row = {.id = *at};;) {
        enum status status = next_own(call, row.id, &row);
        if (status != STATUS_OK)
            return status;
        if (!fits(wanted, &row))
            continue;
        if (left-- == 0)
            return STATUS_OK;
        write_mapping(call, w, &row, state_of(call, &row));
        *at = row.id;
    }
}

void lambda_list_event_source_mappings(struct call *call)
{
    struct wanted wanted;
    int64_t at = 0;
    uint64_t size = 0;
    if (!read_wanted(call, &wanted))
        return;
    if (slice_to_i64(rest_json_query(call, "Marker"), &at) != STATUS_OK)
        at = 0;
    if (slice_to_u64(rest_json_query(call, "MaxItems"), &size) != STATUS_OK || size == 0 ||
        size > PAGE_MAX_MAPPINGS)
        size = PAGE_MAX_MAPPINGS;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "EventSourceMappings");
    json_begin_array(&w);
    enum status status = write_page(call, &w, &wanted, &at, size);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        call_fail_internal(call, status, "listing mappings");
        return;
    }
    json_end_array(&w);
    if (status == STATUS_OK)
        json_put_text(&w, "NextMarker", arena_printf(&call->arena, "%lld", (long long)at));
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
