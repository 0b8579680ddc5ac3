#include "handlers/dynamodb/item_change.h"

#include "emulator/lambda/event_source.h"
#include "emulator/sandbox.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/index_write.h"
#include "handlers/dynamodb/item_expiry.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/table_upkeep.h"
#include "storage/item_expiry_store.h"
#include "storage/stream_store.h"
#include "storage/table_store.h"

bool item_change_needs_old(const struct table *table)
{
    return table->stream_view != STREAM_VIEW_NONE || table->index_count > 0;
}

/* ---- the stream's record -------------------------------------------------------------------- */

static bool keeps_old(enum stream_view view)
{
    return view == STREAM_VIEW_OLD_IMAGE || view == STREAM_VIEW_NEW_AND_OLD_IMAGES;
}

static bool keeps_new(enum stream_view view)
{
    return view == STREAM_VIEW_NEW_IMAGE || view == STREAM_VIEW_NEW_AND_OLD_IMAGES;
}

static enum status keep_record(const struct item_change *change)
{
    struct sandbox *sandbox = change->sandbox;
    const struct table *table = change->table;
    bool is_there = change->document.ptr != NULL;
    struct slice any = is_there ? change->document : change->old.document;
    struct stream_record record = {
        .stream_id = table->stream_id,
        .created_ms = sim_clock_now_ms(&sandbox->clock),
        .event = !is_there              ? STREAM_REMOVE
                 : change->old.row == 0 ? STREAM_INSERT
                                        : STREAM_MODIFY,
        .has_old_image = keeps_old(table->stream_view) && change->old.row != 0,
        .has_new_image = keeps_new(table->stream_view) && is_there,
        .old_image = change->old.document,
        .new_image = change->document,
        .is_expiry = change->is_expiry,
    };
    enum status status = key_codec_extract(table, any, change->arena, &record.keys);
    if (status != STATUS_OK)
        return status;
    random_bytes(&sandbox->random, record.event_id, sizeof(record.event_id));
    record.size = value_item_size(record.keys) + (record.has_old_image ? change->old.size : 0) +
                  (record.has_new_image ? change->size : 0);
    event_sources_notify(sandbox->event_sources);
    table_upkeep_notify(sandbox->table_upkeep, record.created_ms + STREAM_RETENTION_MS);
    return stream_store_append(sandbox->db, &record);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static enum status note_expiry(const struct item_change *change, int64_t row)
{
    struct sandbox *sandbox = change->sandbox;
    int64_t expires_s = item_expiry_of(change->document, change->table->ttl_name,
                                       sim_clock_now_ms(&sandbox->clock));
    if (expires_s != 0)
        table_upkeep_notify(sandbox->table_upkeep, expires_s * 1000 + ITEM_EXPIRY_DELAY_MS);
    return item_expiry_note(sandbox->db, row, expires_s);
}

static enum status put(const struct item_change *change, int64_t *ret_row)
{
    struct db *db = change->sandbox->db;
    const struct item_place item = {0, change->size, change->document};
    enum status status = item_store_put(db, change->table->id, &change->key, &change->old, &item);
    if (status != STATUS_OK)
        return status;
    *ret_row = change->old.row != 0 ? change->old.row : item_store_new_row(db);
    return change->table->ttl_state != TTL_DISABLED ? note_expiry(change, *ret_row) : STATUS_OK;
}

static bool is_none(const struct item_change *change)
{
    bool is_there = change->document.ptr != NULL;
    if (change->old.row == 0)
        return !is_there;
    return is_there && item_change_needs_old(change->table) &&
           slice_equal(change->old.document, change->document);
}

enum status item_change_run(struct item_change *change)
{
    int64_t row = change->old.row;
    if (is_none(change))
        return STATUS_OK;
    enum status status =
        change->document.ptr != NULL
            ? put(change, &row)
            : item_store_remove(change->sandbox->db, change->table->id, &change->old);
    if (status == STATUS_OK && change->table->index_count > 0)
        status = index_write_change(change, row);
    if (status == STATUS_OK && change->table->stream_view != STREAM_VIEW_NONE)
        status = keep_record(change);
    return status;
}
