#include "emulator/transform/runtime_plugin.h"

#include <inttypes.h>

#include "emulator/base/json_writer.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/transform/firehose_event.h"
#include "emulator/transform/plugin_backend.h"
#include "emulator/transform/plugin_crash.h"
#include "emulator/transform/plugin_file.h"
#include "emulator/transform/plugin_host.h"

/* What a batch, its JSON and the response take besides what the function allocates. */
#define ARENA_BASE_BYTES ((size_t)96 * 1024 * 1024)

size_t runtime_plugin_arena_bytes(int64_t memory_mb)
{
    return ARENA_BASE_BYTES + (size_t)memory_mb * 1024 * 1024;
}

struct slice runtime_plugin_error_payload(struct arena *arena, const char *type,
                                          const char *message)
{
    struct text out;
    text_init_in(&out, arena, PLUGIN_RESPONSE_MAX_BYTES);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_put_text(&w, "errorMessage", message);
    json_put_text(&w, "errorType", type);
    json_end_object(&w);
    return out.status == STATUS_OK ? text_slice(&out) : slice_make(NULL, 0);
}

/* The function ran and failed. */
static void fail(struct plugin_run *run, const char *type, const char *message)
{
    if (message == NULL)
        message = "out of memory";
    run->outcome = LAMBDA_FUNCTION_ERROR;
    run->error_type = type;
    run->error_message = message;
    run->payload = runtime_plugin_error_payload(&run->arena, type, message);
    struct text line;
    text_init(&line, PLUGIN_LOG_MAX_BYTES / 2);
    text_printf(&line, "[ERROR] %s: %s", type, message);
    run->backend->log(run, text_slice(&line));
    text_close(&line);
}

/* A call into the plugin returned `code`, not zero. */
static void fail_from_code(struct plugin_run *run, const char *function, int code)
{
    const char *type = run->fail_type != NULL ? run->fail_type : "Hydrant.TransformFailed";
    const char *message = run->fail_message;
    if (message == NULL)
        message = arena_printf(&run->arena, "%s returned %d", function, code);
    fail(run, type, message);
}

static void fail_internal(struct plugin_run *run)
{
    run->outcome = LAMBDA_INTERNAL_ERROR;
    run->error_message = "out of memory";
}

static bool load(struct plugin_run *run)
{
    char reason[PLUGIN_REASON_BYTES] = "";
    struct plugin_file **file = &run->instance->file;
    enum status status = run->copy_folder != NULL
                             ? plugin_file_open(run->file_path, run->copy_folder, reason, file)
                             : plugin_file_load(run->file_path, run->file_path, reason, file);
    if (status == STATUS_OK)
        return true;
    run->init_failed = true;
    fail(run, "Runtime.InvalidEntrypoint",
         arena_printf(&run->arena, "RequestId: %s Error: %s", run->request_id, reason));
    return false;
}

static bool init(struct plugin_run *run)
{
    struct plugin_instance *instance = run->instance;
    const struct hydrant_plugin *plugin = instance->file->plugin;
    run->phase = PLUGIN_INIT;
    plugin_crash_enter(run, "init()");
    int code = plugin->init != NULL ? plugin->init(&run->host, &instance->state) : 0;
    plugin_crash_leave();
    if (code != 0) {
        run->init_failed = true;
        fail_from_code(run, "init()", code);
        return false;
    }
    instance->is_ready = true;
    return true;
}

static bool make_ready(struct plugin_run *run)
{
    if (run->instance->is_ready)
        return true;
    int64_t start_us = run->backend->monotonic_us();
    bool ok = (run->instance->file != NULL || load(run)) && init(run);
    int64_t took_us = run->backend->monotonic_us() - start_us;
    run->init_us = took_us > 0 ? took_us : 1;
    return ok;
}

static bool make_batch(struct plugin_run *run)
{
    const char *why = "";
    enum status status = STATUS_OK;
    if (!run->has_batch)
        status = firehose_event_parse(run->event, run->now_ms, &run->arena, &run->batch, &why);
    if (status == STATUS_INVALID || status == STATUS_UNSUPPORTED) {
        fail(run, "Hydrant.NotAFirehoseEvent",
             arena_printf(&run->arena, "A C transform takes events as Firehose sends them: %s",
                          why));
        return false;
    }
    size_t bytes = (run->batch.record_count + 1) * sizeof(*run->results);
    run->results = status == STATUS_OK ? arena_zalloc(&run->arena, bytes) : NULL;
    if (run->results == NULL)
        fail_internal(run);
    return run->results != NULL;
}

static void add_origin(struct hydrant_record *record, const struct lambda_origin *origin)
{
    record->partition_key =
        (struct hydrant_bytes){origin->partition_key.ptr, origin->partition_key.len};
    record->sequence_number =
        (struct hydrant_bytes){origin->sequence_number.ptr, origin->sequence_number.len};
    record->shard_id = (struct hydrant_bytes){origin->shard_id.ptr, origin->shard_id.len};
}

static struct hydrant_record *make_records(struct plugin_run *run)
{
    struct hydrant_record *records =
        arena_zalloc(&run->arena, (run->batch.record_count + 1) * sizeof(*records));
    for (size_t i = 0; records != NULL && i < run->batch.record_count; i++) {
        const struct lambda_record *record = &run->batch.records[i];
        records[i] = (struct hydrant_record){
            .size = sizeof(records[i]),
            .record_id = {record->record_id.ptr, record->record_id.len},
            .data = {record->data.ptr, record->data.len},
            .arrival_ms = record->arrival_ms,
        };
        if (record->origin != NULL)
            add_origin(&records[i], record->origin);
    }
    return records;
}

static void call_transform(struct plugin_run *run)
{
    struct hydrant_batch batch = {
        .size = sizeof(batch),
        .record_size = sizeof(struct hydrant_record),
        .request_id = run->request_id,
        .invocation_id = arena_text(&run->arena, run->batch.invocation_id),
        .delivery_stream_arn = arena_text(&run->arena, run->batch.delivery_stream_arn),
        .region = arena_text(&run->arena, run->batch.region),
        .function_name = run->function_name,
        .records = make_records(run),
        .record_count = run->batch.record_count,
    };
    if (batch.invocation_id == NULL || batch.delivery_stream_arn == NULL || batch.region == NULL ||
        batch.records == NULL) {
        fail_internal(run);
        return;
    }
    const struct hydrant_plugin *plugin = run->instance->file->plugin;
    run->phase = PLUGIN_TRANSFORM;
    plugin_crash_enter(run, "transform()");
    int code = plugin->transform(run->instance->state, &run->host, &batch);
    plugin_crash_leave();
    run->phase = PLUGIN_OVER;
    if (code != 0)
        fail_from_code(run, "transform()", code);
}

static void build_response(struct plugin_run *run)
{
    size_t size = firehose_event_response_size(&run->batch, run->results);
    if (size > PLUGIN_RESPONSE_MAX_BYTES || run->response_bytes > PLUGIN_RESPONSE_MAX_BYTES) {
        fail(run, "Function.ResponseSizeTooLarge",
             "Response payload size exceeded maximum allowed payload size (6291556 bytes).");
        return;
    }
    if (run->has_batch)
        return;
    struct text out;
    text_init_in(&out, &run->arena, 2 * PLUGIN_RESPONSE_MAX_BYTES);
    firehose_event_build_response(&run->batch, run->results, &out);
    run->payload = text_slice(&out);
    if (out.status != STATUS_OK)
        fail_internal(run);
}

void runtime_plugin_run(struct plugin_run *run)
{
    atomic_store(&run->started_us, run->backend->monotonic_us());
    run->outcome = LAMBDA_OK;
    plugin_host_init(run);

    bool is_ready = make_ready(run);
    int64_t start_us = run->backend->monotonic_us();
    run->backend->begin(run);
    if (is_ready && make_batch(run))
        call_transform(run);
    if (is_ready && run->outcome == LAMBDA_OK)
        build_response(run);
    run->duration_us = run->backend->monotonic_us() - start_us;
    run->used_bytes = run->arena.used_bytes;
}

void runtime_plugin_unload(struct plugin_instance *instance)
{
    if (instance->is_ready && instance->file->plugin->fini != NULL)
        instance->file->plugin->fini(instance->state);
    plugin_file_close(instance->file);
    *instance = (struct plugin_instance){.file = NULL};
}
