#include "handlers/dynamodb/transaction.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/value_writer.h"
#include "storage/table_store.h"

#define DOCUMENT_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct text transaction_text(struct work *work)
{
    struct text text;
    text_init_in(&text, work->arena, DOCUMENT_MAX_BYTES);
    return text;
}

enum status transaction_init(struct transaction *t, struct work *work, size_t count)
{
    struct transaction_entry *entries = arena_zalloc(work->arena, (count + 1) * sizeof(*entries));
    if (entries == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        entries[i].update.write.work = work;
    *t = (struct transaction){.work = work, .entries = entries, .count = count};
    return STATUS_OK;
}

/* ---- reasons ------------------------------------------------------------------------------ */

/* The work's refusal becomes the entry's reason. True: go on with the next entry. */
static bool note_reason(struct transaction_entry *entry, enum status status)
{
    struct work *work = entry->update.write.work;
    if (status != STATUS_INVALID || work->refusal.is_empty_key)
        return false;
    if (entry->is_insert && work->refusal.error == &dynamodb_error_conditional_check_failed) {
        work->refusal.error = &dynamodb_error_duplicate_item;
        work->refusal.message = SLICE("Duplicate primary key exists in table");
    }
    entry->reason = work->refusal;
    work->refusal = refusal_make(work->arena);
    return true;
}

static const char *reason_code(const struct transaction_entry *entry)
{
    const struct api_error *error = entry->reason.error;
    if (error == NULL)
        return "None";
    if (error == &dynamodb_error_conditional_check_failed)
        return "ConditionalCheckFailed";
    return error == &dynamodb_error_duplicate_item ? "DuplicateItem" : "ValidationError";
}

static void write_reason(const struct transaction_entry *entry, struct json_writer *w)
{
    json_begin_object(w);
    json_put_text(w, "Code", reason_code(entry));
    if (entry->reason.error != NULL)
        json_put_string(w, "Message", entry->reason.message);
    if (entry->reason.has_item) {
        json_key(w, "Item");
        value_writer_write_item(w, entry->reason.item);
    }
    json_end_object(w);
}

static void answer_cancelled(const struct transaction *t)
{
    struct text message;
    struct text body = aws_json_text(t->work->call);
    struct json_writer w = json_writer_make(&body);
    text_init_in(&message, t->work->arena, REFUSAL_MESSAGE_MAX_BYTES);
    text_append_text(&message, "Transaction cancelled, please refer cancellation reasons for "
                               "specific reasons [");
    for (size_t i = 0; i < t->count; i++)
        text_printf(&message, "%s%s", i > 0 ? ", " : "", reason_code(&t->entries[i]));
    text_append_text(&message, "]");
    json_begin_object(&w);
    json_put_text(&w, "__type", MODELLED "TransactionCanceledException");
    json_put_string(&w, "Message", text_slice(&message));
    json_key(&w, "CancellationReasons");
    json_begin_array(&w);
    for (size_t i = 0; i < t->count; i++)
        write_reason(&t->entries[i], &w);
    json_end_array(&w);
    json_end_object(&w);
    aws_json_answer_error(t->work->call, &dynamodb_error_transaction_canceled, &body);
}

enum status transaction_cancel(const struct transaction *t, enum status status)
{
    if (status != STATUS_INVALID || t->work->refusal.error != NULL)
        return status;
    answer_cancelled(t);
    return STATUS_OK;
}

/* ---- tables and keys ---------------------------------------------------------------------- */

static enum status locate_entry(struct transaction_entry *entry)
{
    struct item_update *update = &entry->update;
    struct item_write *write = &update->write;
    struct refusal *refusal = &write->work->refusal;
    if (entry->action == TRANSACTION_PUT) {
        enum status status =
            item_write_check_key_paths(write->work, write->table, write->condition);
        if (status == STATUS_OK)
            status = key_codec_of_item(write->table, update->document, refusal, &write->key);
        return status;
    }
    enum status status = key_codec_read(write->table, json_member(write->input, "Key"), refusal,
                                        &update->key, &write->key);
    if (status == STATUS_OK)
        status = item_update_check_keys(update);
    return status;
}

enum status transaction_check_duplicates(const struct transaction *t)
{
    for (size_t i = 1; i < t->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct item_write *a = &t->entries[i].update.write;
            const struct item_write *b = &t->entries[j].update.write;
            if (a->table->id == b->table->id && slice_equal(a->key.p, b->key.p) &&
                slice_equal(a->key.s, b->key.s))
                return refuse(&t->work->refusal,
                              "Transaction request cannot include multiple operations on one item");
        }
    return STATUS_OK;
}

enum status transaction_find_tables(struct transaction *t)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < t->count && status == STATUS_OK; i++)
        status = operation_find_table(t->work, t->entries[i].table_name, false,
                                      &t->entries[i].update.write.table);
    return status;
}

enum status transaction_locate(struct transaction *t)
{
    enum status found = transaction_find_tables(t);
    if (found != STATUS_OK)
        return found;
    for (size_t i = 0; i < t->count; i++) {
        enum status status = locate_entry(&t->entries[i]);
        if (status == STATUS_OK)
            continue;
        (void)note_reason(&t->entries[i], status);
        return status;
    }
    return transaction_check_duplicates(t);
}

/* ---- writing ------------------------------------------------------------------------------ */

static enum status prepare_entry(struct transaction_entry *entry)
{
    struct item_update *update = &entry->update;
    bool is_update = entry->action == TRANSACTION_UPDATE;
    enum status status =
        is_update ? item_write_find_document(&update->write) : item_write_find(&update->write);
    if (status == STATUS_OK && is_update)
        status = item_update_apply(update);
    if (status == STATUS_OK && update->document.len > 0)
        status = item_write_check_indexes(&update->write, update->document);
    return status;
}

static enum status write_entry(struct transaction_entry *entry)
{
    struct item_update *update = &entry->update;
    switch (entry->action) {
    case TRANSACTION_PUT:
        return item_write_put(&update->write, update->document, update->size);
    case TRANSACTION_UPDATE:
        return item_update_store(update);
    case TRANSACTION_DELETE:
        return item_write_remove(&update->write);
    case TRANSACTION_CHECK:
    case TRANSACTION_GET:
    default:
        return STATUS_OK;
    }
}

/* Every failing entry is reported. */
static enum status prepare_all(struct transaction *t)
{
    bool is_cancelled = false;
    for (size_t i = 0; i < t->count; i++) {
        enum status status = prepare_entry(&t->entries[i]);
        if (status == STATUS_OK)
            continue;
        if (!note_reason(&t->entries[i], status))
            return status;
        is_cancelled = true;
    }
    return is_cancelled ? STATUS_INVALID : STATUS_OK;
}

enum status transaction_write(struct transaction *t)
{
    enum status status = prepare_all(t);
    for (size_t i = 0; i < t->count && status == STATUS_OK; i++)
        status = write_entry(&t->entries[i]);
    return status;
}

enum status transaction_read(struct transaction *t)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < t->count && status == STATUS_OK; i++) {
        struct item_write *write = &t->entries[i].update.write;
        status =
            item_store_get(t->work->db, write->table->id, &write->key, t->work->arena, &write->old);
    }
    return status;
}

/* ---- capacity ----------------------------------------------------------------------------- */

static int64_t units_of(const struct transaction_entry *entry, bool is_read)
{
    const struct item_update *update = &entry->update;
    if (is_read)
        return 2 * capacity_of_read(update->write.old.size, true);
    return 2 * capacity_of_write(update->write.old.size, update->size);
}

/* Each table once, where its first entry stands. */
static bool is_first_of_table(const struct transaction *t, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (t->entries[i].update.write.table->id == t->entries[at].update.write.table->id)
            return false;
    return true;
}

/* All of the table of the entry `first`, twice what a single request takes. */
static void write_table_capacity(const struct transaction *t, size_t first, bool is_read,
                                 struct json_writer *w)
{
    int64_t index_units[INDEXES_MAX] = {0};
    struct capacity_use use = {
        .table = t->entries[first].update.write.table,
        .index_units = index_units,
        .kind = is_read ? "ReadCapacityUnits" : "WriteCapacityUnits",
    };
    for (size_t i = first; i < t->count; i++) {
        const struct item_write *write = &t->entries[i].update.write;
        if (write->table->id != use.table->id)
            continue;
        use.half_units += units_of(&t->entries[i], is_read);
        for (size_t x = 0; x < use.table->index_count; x++)
            index_units[x] += 2 * write->index_units[x];
    }
    capacity_write_use(w, capacity_wished(t->work->input), &use);
}

void transaction_put_capacity(const struct transaction *t, bool is_read, struct json_writer *w)
{
    if (capacity_wished(t->work->input) == CAPACITY_NONE)
        return;
    json_key(w, "ConsumedCapacity");
    json_begin_array(w);
    for (size_t i = 0; i < t->count; i++)
        if (is_first_of_table(t, i))
            write_table_capacity(t, i, is_read, w);
    json_end_array(w);
}

enum status transaction_run(struct work *work, enum status (*run)(struct transaction *t))
{
    struct transaction transaction;
    size_t count = json_count(json_member(work->input, "TransactItems"));
    enum status status = transaction_init(&transaction, work, count);
    if (status != STATUS_OK)
        return status;
    return transaction_cancel(&transaction, run(&transaction));
}
