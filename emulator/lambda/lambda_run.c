/*
 * What a run needs before a worker may have it: its own copy of everything, and the instance it
 * runs on.
 */
#include <stdio.h>

#include "emulator/base/dates.h"
#include "emulator/base/json.h"
#include "emulator/lambda/function_isolation.h"
#include "emulator/lambda/function_version.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"

static enum status copy_origin(struct arena *arena, const struct lambda_origin *from,
                               const struct lambda_origin **ret_to)
{
    struct lambda_origin *to = arena_zalloc(arena, sizeof(*to));
    if (to == NULL)
        return STATUS_NO_MEMORY;
    to->subsequence_number = from->subsequence_number;
    enum status status = arena_copy(arena, from->shard_id, &to->shard_id);
    if (status == STATUS_OK)
        status = arena_copy(arena, from->sequence_number, &to->sequence_number);
    if (status == STATUS_OK)
        status = arena_copy(arena, from->partition_key, &to->partition_key);
    *ret_to = to;
    return status;
}

static enum status copy_record(struct arena *arena, const struct lambda_record *from,
                               struct lambda_record *to)
{
    to->arrival_ms = from->arrival_ms;
    enum status status = arena_copy(arena, from->record_id, &to->record_id);
    if (status == STATUS_OK)
        status = arena_copy(arena, from->data, &to->data);
    if (status == STATUS_OK && from->origin != NULL)
        status = copy_origin(arena, from->origin, &to->origin);
    return status;
}

static enum status copy_batch(struct arena *arena, const struct lambda_batch *from,
                              struct lambda_batch *to)
{
    struct lambda_record *records =
        arena_zalloc(arena, (from->record_count + 1) * sizeof(*records));
    if (records == NULL)
        return STATUS_NO_MEMORY;
    *to = (struct lambda_batch){.records = records, .record_count = from->record_count};
    enum status status = arena_copy(arena, from->invocation_id, &to->invocation_id);
    if (status == STATUS_OK)
        status = arena_copy(arena, from->delivery_stream_arn, &to->delivery_stream_arn);
    if (status == STATUS_OK)
        status = arena_copy(arena, from->region, &to->region);
    if (status == STATUS_OK)
        status = arena_copy(arena, from->source_arn, &to->source_arn);
    for (size_t i = 0; i < from->record_count && status == STATUS_OK; i++)
        status = copy_record(arena, &from->records[i], &records[i]);
    return status;
}

struct slice lambda_run_role_name(const struct lambda_run *run)
{
    struct slice role = run->row.role;
    size_t slash = role.len;
    while (slash > 0 && role.ptr[slash - 1] != '/')
        slash--;
    struct slice name = slice_from(role, slash);
    return slice_is_empty(name) ? SLICE("hydrant") : name;
}

/* The role a function's own calls are made with. */
static enum status fill_principal(struct lambda_run *run)
{
    const struct function_row *row = &run->row;
    struct slice role_name = lambda_run_role_name(run);
    const char *arn =
        arena_printf(&run->run.arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
                     SLICE_ARG(row->account), SLICE_ARG(role_name), SLICE_ARG(row->name));
    run->gate.principal = (struct principal){
        .account = row->account,
        .region = row->region,
        .arn = slice_of(arn),
    };
    return arn != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

void lambda_log_stream_name(struct lambda_engine *engine, const char *version, char *name)
{
    const struct lambda_engine_options *options = &engine->options;
    char day[DATE_TEXT_BYTES];
    char id[33];
    dates_format(sim_clock_now_ms(options->clock), "%Y/%m/%d", day);
    random_text(options->random, 32, "0123456789abcdef", id);
    (void)snprintf(name, LAMBDA_LOG_STREAM_BYTES, "%s/[%s]%s", day, version, id);
}

/* Whether the instance still fits; what is to be done on the worker if not. */
void lambda_run_choose_instance(struct lambda_run *run)
{
    struct lambda_slot *slot = run->slot;
    bool is_current = slice_equal_text(run->row.revision_id, slot->revision_id);
    run->next = slot->next;
    slot->next = NULL;
    run->must_unload = slot->file_path == NULL && !is_current;
    if (run->next == NULL && !run->must_unload && slot->log_stream[0] != '\0')
        return;
    (void)snprintf(slot->revision_id, sizeof(slot->revision_id), "%.*s",
                   SLICE_ARG(run->row.revision_id));
    lambda_log_stream_name(slot->engine, run->run.version, slot->log_stream);
}

void lambda_run_leave_instance(struct lambda_run *run)
{
    struct lambda_slot *slot = run->slot;
    if (run->next != NULL)
        slot->next = run->next;
    run->next = NULL;
    if (run->must_unload)
        slot->revision_id[0] = '\0';
}

/* Stored code without a file of its own to load is started. */
enum status lambda_run_choose_place(struct lambda_run *run, const struct lambda_engine *engine,
                                    struct slice tags)
{
    bool is_isolated = false;
    run->place = LAMBDA_RUNTIME;
    if (slice_is_empty(run->row.code_file))
        return STATUS_OK;
    enum status status = function_isolation_find(
        run->row.environment, tags, engine->options.isolates, &run->run.arena, &is_isolated);
    run->place = is_isolated ? LAMBDA_ISOLATED : LAMBDA_HERE;
    return status;
}

static const char *code_path(struct lambda_run *run)
{
    const struct lambda_slot *slot = run->slot;
    if (slot->file_path != NULL)
        return arena_text(&run->run.arena, slice_of(slot->file_path));
    return arena_printf(&run->run.arena, "%s/%.*s/%.*s/%.*s", slot->engine->functions_folder,
                        SLICE_ARG(run->row.name), SLICE_ARG(run->row.code_revision),
                        SLICE_ARG(run->row.code_file));
}

enum status lambda_run_fill(struct lambda_run *run)
{
    struct plugin_run *own = &run->run;
    const struct lambda_engine_options *options = &run->slot->engine->options;
    const struct lambda_invocation *invocation = run->invocation;
    own->backend = &lambda_backend;
    own->instance = &run->slot->instance;
    own->file_path = code_path(run);
    own->copy_folder = run->slot->engine->copy_folder;
    own->function_name = arena_text(&own->arena, run->row.name);
    function_version_text(&run->row, own->version);
    own->memory_mb = run->row.memory_mb;
    run->log.is_json = slice_equal_text(run->row.log_format, "JSON");
    run->log.system_level = invocation_log_level_of(run->row.system_level);
    run->log.application_level = invocation_log_level_of(run->row.application_level);
    own->log_is_json = run->log.is_json;
    own->least_level = (int)run->log.application_level - (int)INVOCATION_LOG_DEBUG;
    own->timeout_ms = run->row.timeout_s * 1000;
    own->has_limit = invocation->limit_ms > 0 && invocation->limit_ms < own->timeout_ms;
    if (own->has_limit)
        own->timeout_ms = invocation->limit_ms;
    own->now_ms = sim_clock_now_ms(options->clock);
    run->clock_is_real =
        options->clock->mode == SIM_CLOCK_REAL && list_is_empty(&options->clock->advances);
    (void)snprintf(own->request_id, sizeof(own->request_id), "%s", invocation->request_id);
    if (own->file_path == NULL || own->function_name == NULL)
        return STATUS_NO_MEMORY;
    enum status status = fill_principal(run);
    if (status == STATUS_OK && run->row.environment.len > 0)
        status = json_parse(run->row.environment, &own->arena, &run->environment);
    if (status != STATUS_OK)
        return status;
    own->has_batch = invocation->batch != NULL;
    status = arena_copy(&own->arena, invocation->client_context, &own->client_context);
    if (status == STATUS_OK && own->has_batch)
        return copy_batch(&own->arena, invocation->batch, &own->batch);
    if (status != STATUS_OK)
        return status;
    return arena_copy(&own->arena, invocation->event, &own->event);
}
