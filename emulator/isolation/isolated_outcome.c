#include "emulator/isolation/isolated_outcome.h"

#include <string.h>

#include "emulator/base/text.h"
#include "emulator/base/utf8.h"
#include "emulator/isolation/mailbox.h"
#include "emulator/isolation/wire.h"
#include "emulator/transform/runtime_plugin.h"

/* Where the data of a record is. */
enum place { PLACE_NONE, PLACE_OWN, PLACE_KEPT };

/* ---- the helper -------------------------------------------------------------------------- */

enum status isolated_outcome_keep(const struct mailbox *mailbox, struct slice bytes, size_t *used,
                                  struct slice *ret_kept)
{
    char *at = mailbox_at(mailbox, MAILBOX_KEPT) + *used;
    if (bytes.len > mailbox_room(MAILBOX_KEPT) - *used)
        return STATUS_NO_MEMORY;
    if (bytes.len > 0)
        memcpy(at, bytes.ptr, bytes.len);
    *used += bytes.len;
    *ret_kept = slice_make(at, bytes.len);
    return STATUS_OK;
}

static void write_data(struct wire_writer *w, const struct mailbox *mailbox, struct slice own,
                       struct slice data)
{
    uintptr_t kept = (uintptr_t)mailbox_at(mailbox, MAILBOX_KEPT);
    uintptr_t at = (uintptr_t)data.ptr;
    enum place place = PLACE_NONE;
    if (data.len > 0)
        place = at >= kept && at - kept < mailbox_room(MAILBOX_KEPT) ? PLACE_KEPT : PLACE_OWN;
    wire_put_number(w, place);
    if (place == PLACE_NONE)
        return;
    wire_put_number(w, (int64_t)(at - (place == PLACE_KEPT ? kept : (uintptr_t)own.ptr)));
    wire_put_number(w, (int64_t)data.len);
}

static void write_result(struct wire_writer *w, const struct mailbox *mailbox, struct slice own,
                         const struct lambda_record_result *result)
{
    wire_put_number(w, result->kind);
    write_data(w, mailbox, own, result->data);
    wire_put_number(w, (int64_t)result->key_count);
    for (size_t i = 0; i < result->key_count; i++) {
        wire_put_bytes(w, result->keys[i].name);
        wire_put_bytes(w, result->keys[i].value);
    }
}

enum status isolated_outcome_write(const struct mailbox *mailbox, const struct plugin_run *run,
                                   size_t kept_bytes)
{
    struct wire_writer w = {.ptr = mailbox_at(mailbox, MAILBOX_OUT),
                            .room = mailbox_room(MAILBOX_OUT)};
    bool is_ok = run->outcome == LAMBDA_OK;
    size_t count = is_ok && run->has_batch ? run->batch.record_count : 0;
    wire_put_number(&w, run->outcome);
    wire_put_number(&w, run->init_failed);
    wire_put_number(&w, run->init_us);
    wire_put_number(&w, run->duration_us);
    wire_put_number(&w, (int64_t)run->used_bytes);
    wire_put_text(&w, run->error_type);
    wire_put_text(&w, run->error_message);
    wire_put_bytes(&w, is_ok ? run->payload : slice_make(NULL, 0));
    for (size_t i = 0; i < count; i++)
        write_result(&w, mailbox, run->batch.records[i].data, &run->results[i]);
    mailbox_set_bytes(mailbox, MAILBOX_KEPT, kept_bytes);
    mailbox_set_bytes(mailbox, MAILBOX_OUT, w.is_bad ? 0 : w.len);
    return w.is_bad ? STATUS_TOO_LARGE : STATUS_OK;
}

/* ---- the daemon: `r` reads a copy that nobody else can change ------------------------------- */

struct outcome {
    struct wire_reader r;
    struct plugin_run *run;
    struct slice kept;
    size_t kept_left; /* each byte of it belongs to one record at most */
};

static struct slice read_data(struct outcome *o, struct slice own)
{
    struct wire_reader *r = &o->r;
    enum place place = (enum place)wire_get_count(r, PLACE_KEPT);
    if (place == PLACE_NONE)
        return slice_make(NULL, 0);
    struct slice whole = place == PLACE_KEPT ? o->kept : own;
    size_t offset = wire_get_count(r, whole.len);
    size_t len = wire_get_count(r, whole.len - offset);
    if (place == PLACE_KEPT) {
        r->is_bad = r->is_bad || len > o->kept_left;
        o->kept_left -= r->is_bad ? 0 : len;
    }
    return r->is_bad ? slice_make(NULL, 0) : slice_first(slice_from(whole, offset), len);
}

static void read_keys(struct outcome *o, struct lambda_record_result *result)
{
    size_t count = wire_get_count(&o->r, PARTITION_KEYS_MAX);
    if (count == 0)
        return;
    struct partition_key *keys = arena_zalloc(&o->run->arena, count * sizeof(*keys));
    o->r.is_bad = o->r.is_bad || keys == NULL;
    for (size_t i = 0; i < count && !o->r.is_bad; i++) {
        keys[i].name = wire_get_bytes(&o->r);
        keys[i].value = wire_get_bytes(&o->r);
    }
    result->keys = keys;
    result->key_count = count;
}

static enum status read_results(struct outcome *o)
{
    const struct lambda_batch *batch = &o->run->batch;
    struct lambda_record_result *results =
        arena_zalloc(&o->run->arena, (batch->record_count + 1) * sizeof(*results));
    if (results == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < batch->record_count && !o->r.is_bad; i++) {
        results[i].kind = (enum lambda_result_kind)wire_get_count(&o->r, LAMBDA_RESULT_DUPLICATE);
        results[i].data = read_data(o, batch->records[i].data);
        read_keys(o, &results[i]);
    }
    if (o->r.is_bad) /* how large a response is allowed is the helper's to say: the areas bound it
                      */
        return STATUS_INVALID;
    o->run->results = results;
    return STATUS_OK;
}

/* Nobody's memory but the arena's, NUL-terminated, UTF-8. NULL stays NULL. */
static const char *read_text(struct outcome *o)
{
    struct slice given = wire_get_text(&o->r);
    struct text copy;
    if (given.ptr == NULL)
        return NULL;
    text_init_in(&copy, &o->run->arena, 3 * given.len + 1);
    utf8_append_valid(&copy, given);
    text_append_byte(&copy, '\0');
    o->r.is_bad = o->r.is_bad || copy.status != STATUS_OK;
    return o->r.is_bad ? NULL : copy.ptr;
}

/* What went wrong, said as in process. */
static enum status take_failure(struct outcome *o, enum lambda_outcome outcome, const char *type,
                                const char *message)
{
    struct plugin_run *run = o->run;
    if (outcome != LAMBDA_INTERNAL_ERROR &&
        (outcome != LAMBDA_FUNCTION_ERROR || type == NULL || message == NULL))
        return STATUS_INVALID;
    run->outcome = outcome;
    run->error_type = type;
    run->error_message = message != NULL ? message : "out of memory";
    if (outcome == LAMBDA_FUNCTION_ERROR)
        run->payload = runtime_plugin_error_payload(&run->arena, type, message);
    return STATUS_OK;
}

static enum status read_all(struct outcome *o)
{
    struct wire_reader *r = &o->r;
    struct plugin_run *run = o->run;
    enum lambda_outcome outcome = (enum lambda_outcome)wire_get_count(r, LAMBDA_INTERNAL_ERROR);
    bool init_failed = wire_get_flag(r);
    int64_t init_us = (int64_t)wire_get_count(r, INT64_MAX);
    int64_t duration_us = (int64_t)wire_get_count(r, INT64_MAX);
    size_t used_bytes = wire_get_count(r, runtime_plugin_arena_bytes(run->memory_mb));
    const char *type = read_text(o);
    const char *message = read_text(o);
    struct slice payload = wire_get_bytes(r);
    if (r->is_bad || payload.len > PLUGIN_RESPONSE_MAX_BYTES)
        return STATUS_INVALID;
    enum status status = STATUS_OK;
    if (outcome != LAMBDA_OK)
        status = take_failure(o, outcome, type, message);
    else if (run->has_batch)
        status = read_results(o);
    if (status != STATUS_OK)
        return status;
    if (r->rest.len > 0)
        return STATUS_INVALID;
    if (outcome == LAMBDA_OK)
        run->payload = payload;
    run->outcome = outcome;
    run->init_failed = init_failed;
    run->init_us = init_us;
    run->duration_us = duration_us;
    run->used_bytes = used_bytes;
    return STATUS_OK;
}

enum status isolated_outcome_read(const struct mailbox *mailbox, struct plugin_run *run)
{
    struct outcome o = {.run = run};
    enum status status = mailbox_snapshot(mailbox, MAILBOX_OUT, 0, &run->arena, &o.r.rest);
    if (status == STATUS_OK)
        status = mailbox_snapshot(mailbox, MAILBOX_KEPT, 0, &run->arena, &o.kept);
    if (status != STATUS_OK)
        return status;
    o.kept_left = o.kept.len;
    return read_all(&o);
}
