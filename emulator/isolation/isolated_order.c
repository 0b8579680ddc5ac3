#include "emulator/isolation/isolated_order.h"

#include <stdio.h>

#include "emulator/isolation/mailbox.h"
#include "emulator/isolation/wire.h"
#include "emulator/transform/runtime_plugin.h"

/* ---- the daemon -------------------------------------------------------------------------- */

static void write_origin(struct wire_writer *w, const struct lambda_origin *origin)
{
    wire_put_number(w, origin != NULL);
    if (origin == NULL)
        return;
    wire_put_bytes(w, origin->shard_id);
    wire_put_bytes(w, origin->sequence_number);
    wire_put_number(w, origin->subsequence_number);
    wire_put_bytes(w, origin->partition_key);
}

static void write_batch(struct wire_writer *w, const struct lambda_batch *batch)
{
    wire_put_bytes(w, batch->invocation_id);
    wire_put_bytes(w, batch->delivery_stream_arn);
    wire_put_bytes(w, batch->region);
    wire_put_bytes(w, batch->source_arn);
    wire_put_number(w, (int64_t)batch->record_count);
    for (size_t i = 0; i < batch->record_count; i++) {
        const struct lambda_record *record = &batch->records[i];
        wire_put_bytes(w, record->record_id);
        wire_put_number(w, record->arrival_ms);
        wire_put_number(w, (int64_t)record->data.len);
        write_origin(w, record->origin);
    }
    for (size_t i = 0; i < batch->record_count; i++) /* apart: reading the rest does not touch it */
        wire_put_raw(w, batch->records[i].data);
}

enum status isolated_order_write(const struct mailbox *mailbox, const struct plugin_run *run,
                                 const struct isolated_order *order)
{
    struct wire_writer w = {.ptr = mailbox_at(mailbox, MAILBOX_IN),
                            .room = mailbox_room(MAILBOX_IN)};
    wire_put_text(&w, run->file_path);
    wire_put_text(&w, run->function_name);
    wire_put_text(&w, run->version);
    wire_put_text(&w, run->request_id);
    wire_put_bytes(&w, order->environment);
    wire_put_number(&w, order->clock_is_real);
    wire_put_number(&w, run->memory_mb);
    wire_put_number(&w, run->timeout_ms);
    wire_put_number(&w, run->now_ms);
    wire_put_number(&w, run->log_is_json);
    wire_put_number(&w, run->least_level);
    wire_put_number(&w, run->has_batch);
    if (run->has_batch)
        write_batch(&w, &run->batch);
    else
        wire_put_bytes(&w, run->event);
    if (!w.is_bad)
        mailbox_set_bytes(mailbox, MAILBOX_IN, w.len);
    return w.is_bad ? STATUS_TOO_LARGE : STATUS_OK;
}

/* ---- the helper -------------------------------------------------------------------------- */

static const struct lambda_origin *read_origin(struct wire_reader *r, struct arena *arena)
{
    struct lambda_origin *origin = arena_zalloc(arena, sizeof(*origin));
    if (origin == NULL) {
        r->is_bad = true;
        return NULL;
    }
    origin->shard_id = wire_get_bytes(r);
    origin->sequence_number = wire_get_bytes(r);
    origin->subsequence_number = wire_get_number(r);
    origin->partition_key = wire_get_bytes(r);
    return origin;
}

static enum status read_batch(struct wire_reader *r, struct plugin_run *run)
{
    struct lambda_batch *batch = &run->batch;
    batch->invocation_id = wire_get_bytes(r);
    batch->delivery_stream_arn = wire_get_bytes(r);
    batch->region = wire_get_bytes(r);
    batch->source_arn = wire_get_bytes(r);
    batch->record_count = wire_get_count(r, r->rest.len);
    struct lambda_record *records =
        arena_zalloc(&run->arena, (batch->record_count + 1) * sizeof(*records));
    if (records == NULL)
        return STATUS_NO_MEMORY;
    batch->records = records;
    for (size_t i = 0; i < batch->record_count && !r->is_bad; i++) {
        records[i].record_id = wire_get_bytes(r);
        records[i].arrival_ms = wire_get_number(r);
        records[i].data.len = wire_get_count(r, r->rest.len);
        if (wire_get_flag(r))
            records[i].origin = read_origin(r, &run->arena);
    }
    for (size_t i = 0; i < batch->record_count; i++)
        records[i].data = wire_get_raw(r, records[i].data.len);
    return r->is_bad ? STATUS_INVALID : STATUS_OK;
}

static void read_into(struct wire_reader *r, char *text, size_t size)
{
    struct slice given = wire_get_text(r);
    (void)snprintf(text, size, "%.*s", SLICE_ARG(given));
}

enum status isolated_order_read(const struct mailbox *mailbox, struct plugin_run *run,
                                struct isolated_order *ret_order)
{
    struct wire_reader r = {
        .rest = {mailbox_at(mailbox, MAILBOX_IN), mailbox_bytes(mailbox, MAILBOX_IN)}};
    run->file_path = arena_text(&run->arena, wire_get_text(&r));
    run->function_name = arena_text(&run->arena, wire_get_text(&r));
    read_into(&r, run->version, sizeof(run->version));
    read_into(&r, run->request_id, sizeof(run->request_id));
    ret_order->environment = wire_get_bytes(&r);
    ret_order->clock_is_real = wire_get_flag(&r);
    run->memory_mb = wire_get_number(&r);
    run->timeout_ms = wire_get_number(&r);
    run->now_ms = wire_get_number(&r);
    run->log_is_json = wire_get_flag(&r);
    run->least_level = (int)wire_get_number(&r);
    run->has_batch = wire_get_flag(&r);
    if (run->file_path == NULL || run->function_name == NULL)
        return STATUS_NO_MEMORY;
    if (run->has_batch)
        return read_batch(&r, run);
    run->event = wire_get_bytes(&r);
    return r.is_bad ? STATUS_INVALID : STATUS_OK;
}
