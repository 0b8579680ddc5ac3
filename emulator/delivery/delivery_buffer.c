#include "emulator/delivery/delivery_buffer.h"

#include "storage/db.h"
#include "storage/record_store.h"

/* {"recordId":"<160>","approximateArrivalTimestamp":<13>,"data":""}, and some room. */
enum { EVENT_RECORD_BYTES = 256 };

/* What the database removes within a few milliseconds. */
enum { DELETE_AT_ONCE_BYTES = 1024 * 1024, DELETE_AT_ONCE_CHUNKS = 1024 };

void delivery_buffer_init(struct delivery_buffer *b, struct delivery_stream *stream,
                          enum delivery_stage stage, int64_t base_id)
{
    *b = (struct delivery_buffer){
        .stream = stream, .stage = stage, .base_id = base_id, .last_id = base_id};
    list_init(&b->claims);
}

int64_t delivery_buffer_event_bytes(int64_t records, int64_t bytes)
{
    return (bytes + 2 * records) / 3 * 4 + records * EVENT_RECORD_BYTES;
}

static bool is_full(int64_t records, int64_t bytes, const struct delivery_limits *limits)
{
    return bytes >= limits->size_bytes || (limits->records > 0 && records >= limits->records) ||
           (limits->event_bytes > 0 &&
            delivery_buffer_event_bytes(records, bytes) >= limits->event_bytes);
}

bool delivery_buffer_is_due(const struct delivery_buffer *b, const struct delivery_limits *limits,
                            int64_t now_ms)
{
    if (b->records == 0)
        return false;
    if (b->first_id <= b->flush_through_id)
        return true;
    if (b->not_before_ms > now_ms)
        return false;
    return is_full(b->records, b->bytes, limits) ||
           now_ms >= b->first_queued_ms + limits->interval_ms;
}

int64_t delivery_buffer_due_ms(const struct delivery_buffer *b,
                               const struct delivery_limits *limits)
{
    if (b->records == 0)
        return INT64_MAX;
    int64_t due_ms = b->first_queued_ms;
    if (!is_full(b->records, b->bytes, limits))
        due_ms += limits->interval_ms;
    return due_ms > b->not_before_ms ? due_ms : b->not_before_ms;
}

void delivery_buffer_count(struct delivery_buffer *b, int64_t id, int64_t records, int64_t bytes,
                           int64_t queued_ms)
{
    if (b->records == 0) {
        b->first_id = id;
        b->first_queued_ms = queued_ms;
    }
    b->last_id = id > b->last_id ? id : b->last_id;
    b->records += records;
    b->bytes += bytes;
}

/* What a scan for a claim collects, and then the first chunk behind it. */
struct taking {
    const struct delivery_limits *limits;
    bool is_hard;
    bool is_complete;
    struct delivery_claim claim;
    struct delivery_buffer *buffer;
};

static bool has_enough(const struct taking *t, const struct record_store_chunk *chunk)
{
    const struct delivery_claim *claim = &t->claim;
    if (claim->records == 0)
        return false;
    if (chunk->id != claim->last_id + 1)
        return true; /* a claim has no holes: its whole run is deleted at the end */
    if (!t->is_hard)
        return is_full(claim->records, claim->bytes, t->limits);
    int64_t bytes = claim->bytes + chunk->bytes;
    int64_t records = claim->records + chunk->records;
    return bytes > t->limits->size_bytes ||
           (t->limits->records > 0 && records > t->limits->records) ||
           (t->limits->event_bytes > 0 &&
            delivery_buffer_event_bytes(records, bytes) > t->limits->event_bytes);
}

static bool take_chunk(void *arg, const struct record_store_chunk *chunk)
{
    struct taking *t = arg;
    struct delivery_claim *claim = &t->claim;
    t->is_complete = has_enough(t, chunk);
    if (t->is_complete)
        return false;
    if (claim->records == 0) {
        claim->first_id = chunk->id;
        claim->queued_ms = chunk->queued_ms;
        claim->oldest_ms = chunk->oldest_ms;
    }
    if (chunk->oldest_ms < claim->oldest_ms)
        claim->oldest_ms = chunk->oldest_ms;
    claim->last_id = chunk->id;
    claim->records += chunk->records;
    claim->bytes += chunk->bytes;
    claim->chunks++;
    return true;
}

static bool see_first(void *arg, const struct record_store_chunk *chunk)
{
    struct delivery_buffer *b = arg;
    b->first_id = chunk->id;
    b->first_queued_ms = chunk->queued_ms;
    return false;
}

/* The claim that begins soonest behind `after`; NULL when there is none. */
static struct delivery_claim *next_claim(const struct delivery_buffer *b, int64_t after)
{
    struct delivery_claim *found = NULL;
    list_for_each(link, &b->claims) {
        struct delivery_claim *claim = list_entry(link, struct delivery_claim, link);
        if (claim->first_id > after && (found == NULL || claim->first_id < found->first_id))
            found = claim;
    }
    return found;
}

/* Where the next gap between claims begins and ends; false behind the last. */
static bool next_gap(const struct delivery_buffer *b, int64_t *after, int64_t *through)
{
    if (*after >= b->last_id)
        return false;
    struct delivery_claim *claim = next_claim(b, *after);
    while (claim != NULL && claim->first_id == *after + 1) {
        *after = claim->last_id;
        claim = next_claim(b, *after);
    }
    *through = claim != NULL ? claim->first_id - 1 : b->last_id;
    return *after < b->last_id;
}

static enum status find_first(struct delivery_buffer *b, struct db *db)
{
    int64_t after = b->base_id;
    int64_t through = 0;
    b->first_id = 0;
    while (b->records > 0 && b->first_id == 0 && next_gap(b, &after, &through)) {
        enum status status = record_store_scan(db, after, through, see_first, b);
        if (status != STATUS_OK)
            return status;
        after = through;
    }
    if (b->first_id != 0)
        return STATUS_OK;
    b->records = 0; /* the rows are what counts */
    b->bytes = 0;
    return STATUS_OK;
}

/* A claim never reaches over another: it ends with its gap. */
static enum status take_from_gaps(struct delivery_buffer *b, struct db *db, struct taking *t)
{
    int64_t after = b->base_id;
    int64_t through = 0;
    while (t->claim.records == 0 && next_gap(b, &after, &through)) {
        enum status status = record_store_scan(db, after, through, take_chunk, t);
        if (status != STATUS_OK)
            return status;
        after = through;
    }
    return t->claim.records > 0 ? STATUS_OK : STATUS_END;
}

enum status delivery_buffer_claim(struct delivery_buffer *b, struct db *db,
                                  const struct delivery_limits *limits, bool is_hard,
                                  struct delivery_claim *claim)
{
    struct taking t = {.limits = limits, .is_hard = is_hard, .buffer = b};
    enum status status = take_from_gaps(b, db, &t);
    if (status == STATUS_END) {
        b->records = 0;
        b->bytes = 0;
    }
    if (status != STATUS_OK)
        return status;
    *claim = t.claim;
    list_append(&b->claims, &claim->link);
    b->records = b->records > claim->records ? b->records - claim->records : 0;
    b->bytes = b->bytes > claim->bytes ? b->bytes - claim->bytes : 0;
    status = find_first(b, db);
    if (status != STATUS_OK)
        delivery_buffer_give_back(b, claim);
    return status;
}

enum status delivery_buffer_remove(const struct delivery_claim *claim, struct db *db)
{
    if (claim->bytes > DELETE_AT_ONCE_BYTES || claim->chunks > DELETE_AT_ONCE_CHUNKS)
        return record_store_discard(db, claim->first_id, claim->last_id);
    return record_store_delete(db, claim->first_id, claim->last_id);
}

void delivery_buffer_settle(struct delivery_claim *claim)
{
    list_remove(&claim->link);
}

void delivery_buffer_give_back(struct delivery_buffer *b, struct delivery_claim *claim)
{
    list_remove(&claim->link);
    if (b->records == 0 || claim->first_id < b->first_id) {
        b->first_id = claim->first_id;
        b->first_queued_ms = claim->queued_ms;
    }
    b->records += claim->records;
    b->bytes += claim->bytes;
}

enum status delivery_buffer_recount(struct delivery_buffer *b, struct db *db, int64_t records,
                                    int64_t bytes, int64_t last_id)
{
    list_for_each(link, &b->claims) {
        struct delivery_claim *claim = list_entry(link, struct delivery_claim, link);
        records -= claim->records;
        bytes -= claim->bytes;
    }
    b->records = records > 0 ? records : 0;
    b->bytes = bytes > 0 ? bytes : 0;
    b->last_id = last_id > b->last_id ? last_id : b->last_id;
    return find_first(b, db);
}
