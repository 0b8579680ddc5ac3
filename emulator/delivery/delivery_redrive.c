#include "emulator/delivery/delivery_redrive.h"

#include "emulator/base/arena.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/error_lines.h"
#include "emulator/delivery/error_object.h"
#include "storage/object_store.h"
#include "storage/redrive_store.h"

#define SEARCH_MAX_BYTES ((size_t)64 * 1024)
#define OBJECT_MAX_BYTES ((size_t)16 * 1024 * 1024) /* of its extents and texts */

/* Of data, in one unit: a few milliseconds' work for the loop thread. */
#define PORTION_BYTES ((uint64_t)512 * 1024)

struct redriving {
    struct delivery_redrive *redrive; /* borrowed */
    struct delivery_stream *stream;
    struct worker_lane_job job;
    uint64_t bytes; /* of objects taken to their end */
    bool is_undone;

    /* the worker's while a job runs */
    enum status status;
    struct db *db;
    struct blob_store *blobs;
    struct arena search_arena;
    struct error_search search;
    struct text after; /* the last key */
    uint64_t skipped;  /* objects that are none of ours */
    bool is_enough;    /* the next object does not fit into this call */
    struct arena arena;
    struct error_object object; /* in the arena */
    uint64_t place;             /* bytes of the object that were taken */
    uint64_t next_place;
    uint64_t portion_bytes;
    int64_t now_ms;
    struct error_chunk chunk;
};

static void find(struct redriving *r);
static void pack(struct redriving *r);

/* ---- the end ---- */

static void destroy(struct redriving *r)
{
    arena_clear(&r->search_arena);
    arena_clear(&r->arena);
    text_close(&r->after);
    error_chunk_close(&r->chunk);
    mem_free(r);
}

static void finish(struct redriving *r, enum status status)
{
    struct delivery_stream *stream = r->stream;
    struct delivery_engine *engine = stream->engine;
    struct delivery_redrive *redrive = r->redrive;
    redrive->status = r->is_undone ? STATUS_IO_ERROR : status;
    redrive->skipped = r->skipped;
    blob_store_release(engine->deps.blobs);
    stream->redriving = NULL;
    destroy(r);
    redrive->done(redrive);
    delivery_pump_check(stream);
    delivery_pump_ended(engine);
    delivery_stream_free_if_done(stream);
}

/* Why it cannot go on, whatever the worker has found. */
static enum status check(const struct redriving *r)
{
    if (!r->stream->engine->is_running || delivery_stream_is_ending(r->stream))
        return STATUS_CANCELLED;
    if (r->is_undone)
        return STATUS_IO_ERROR;
    return r->job.status != STATUS_OK ? r->job.status : r->status;
}

static void submit(struct redriving *r, void (*work)(struct worker_lane_job *job),
                   void (*done)(struct worker_lane_job *job))
{
    r->job = (struct worker_lane_job){.work = work, .done = done};
    enum status status = worker_lane_submit(&r->stream->engine->bodies, &r->job);
    if (status != STATUS_OK)
        finish(r, status);
}

/* ---- PACK: a portion ---- */

static void work_pack(struct worker_lane_job *job)
{
    struct redriving *r = list_entry(job, struct redriving, job);
    struct error_lines lines;
    error_lines_open(&lines, r->blobs, &r->object, r->place);
    r->status = error_chunk_fill(&r->chunk, &lines, r->portion_bytes, r->now_ms);
    r->next_place = lines.taken;
    error_lines_close(&lines);
}

/* STATUS_CONFLICT: somebody has replaced or deleted the object meanwhile. */
static enum status check_object(struct redriving *r)
{
    struct arena arena;
    struct object row;
    arena_init(&arena, SEARCH_MAX_BYTES);
    enum status status = object_store_find(r->db, r->object.bucket_id, r->object.key, &arena, &row);
    if (status == STATUS_NOT_FOUND ||
        (status == STATUS_OK && !slice_equal(row.etag, r->object.etag)))
        status = STATUS_CONFLICT;
    arena_clear(&arena);
    return status;
}

static bool is_at_end(const struct redriving *r)
{
    return r->next_place >= r->object.size;
}

static enum status move_on(struct redriving *r)
{
    struct redrive_object object = {r->object.bucket_id, r->object.key, r->object.etag};
    int64_t stream = r->stream->id;
    if (!is_at_end(r))
        return redrive_store_put(r->db, stream, &object, r->next_place);
    enum status status = object_store_delete(r->db, r->object.bucket_id, r->object.key, r->now_ms);
    return status == STATUS_OK ? redrive_store_clear(r->db, stream) : status;
}

static enum status accept(struct redriving *r)
{
    struct delivery_engine *engine = r->stream->engine;
    enum status status = check_object(r);
    if (status != STATUS_OK)
        return status;
    db_unit_begin(r->db);
    if (r->chunk.chunk.records > 0)
        status = delivery_accept(engine, r->stream, &r->chunk.chunk, 1);
    if (status == STATUS_OK)
        status = move_on(r);
    enum status ended = db_unit_end(r->db, status == STATUS_OK);
    return status == STATUS_OK ? ended : status;
}

static void on_packed(struct worker_lane_job *job)
{
    struct redriving *r = list_entry(job, struct redriving, job);
    enum status status = check(r);
    if (status == STATUS_OK)
        status = accept(r);
    if (status == STATUS_CONFLICT) {
        find(r);
        return;
    }
    if (status != STATUS_OK) {
        finish(r, status);
        return;
    }
    r->redrive->records += r->chunk.chunk.records;
    r->place = r->next_place;
    if (!is_at_end(r)) {
        pack(r);
        return;
    }
    r->redrive->objects++;
    r->bytes += r->object.size;
    find(r);
}

static void pack(struct redriving *r)
{
    uint64_t limit = delivery_stream_chunk_bytes(r->stream);
    r->portion_bytes = limit < PORTION_BYTES ? limit : PORTION_BYTES;
    r->now_ms = sim_clock_now_ms(r->stream->engine->deps.clock);
    submit(r, work_pack, on_packed);
}

/* ---- FIND: the next object ---- */

/* STATUS_UNSUPPORTED: an object that is none of ours. */
static enum status look_at_next(struct redriving *r, struct db *reader)
{
    arena_clear(&r->arena);
    r->search.after = text_slice(&r->after);
    enum status status = error_object_next(reader, &r->search, &r->arena, &r->object);
    if (status != STATUS_OK)
        return status;
    r->is_enough = r->bytes > 0 && r->bytes + r->object.size > DELIVERY_REDRIVE_BYTES;
    if (r->is_enough)
        return STATUS_END;
    text_clear(&r->after);
    text_append(&r->after, r->object.key);
    if (r->after.status != STATUS_OK)
        return r->after.status;
    struct error_lines lines;
    error_lines_open(&lines, r->blobs, &r->object, 0);
    status = error_lines_check(&lines);
    error_lines_close(&lines);
    return status;
}

static void work_find(struct worker_lane_job *job)
{
    struct redriving *r = list_entry(job, struct redriving, job);
    struct db *reader = NULL;
    r->status = db_open_reader(r->db, &reader);
    if (r->status != STATUS_OK)
        return;
    while ((r->status = look_at_next(r, reader)) == STATUS_UNSUPPORTED)
        r->skipped++;
    db_close(reader);
}

/* The objects are the ones the stream's present configuration would write. */
static enum status fill_search(struct redriving *r)
{
    const struct delivery_stream *stream = r->stream;
    const struct delivery_target *target = &stream->settings.destination;
    struct slice prefix = target->error_prefix.len > 0 ? target->error_prefix : target->prefix;
    struct arena *arena = &r->search_arena;
    arena_clear(arena);
    enum status status = arena_copy(arena, target->bucket, &r->search.bucket);
    if (status == STATUS_OK)
        status = arena_copy(arena, prefix, &r->search.prefix);
    return status == STATUS_OK ? arena_copy(arena, stream->name, &r->search.stream) : status;
}

static void on_found(struct worker_lane_job *job)
{
    struct redriving *r = list_entry(job, struct redriving, job);
    enum status status = check(r);
    struct redrive_object object = {r->object.bucket_id, r->object.key, r->object.etag};
    if (status == STATUS_OK)
        status = redrive_store_get(r->db, r->stream->id, &object, &r->place);
    if (status == STATUS_OK) {
        pack(r);
        return;
    }
    r->redrive->has_more = r->is_enough;
    finish(r, status == STATUS_END ? STATUS_OK : status);
}

static void find(struct redriving *r)
{
    enum status status = fill_search(r);
    if (status == STATUS_OK)
        submit(r, work_find, on_found);
    else
        finish(r, status);
}

/* ---- the beginning ---- */

enum status delivery_redrive(struct delivery_stream *stream, struct delivery_redrive *redrive)
{
    struct delivery_engine *engine = stream->engine;
    if (stream->redriving != NULL)
        return STATUS_BUSY;
    struct redriving *r = mem_zalloc(sizeof(*r));
    if (r == NULL)
        return STATUS_NO_MEMORY;
    r->redrive = redrive;
    r->stream = stream;
    r->db = engine->deps.db;
    r->blobs = engine->deps.blobs;
    arena_init(&r->search_arena, SEARCH_MAX_BYTES);
    arena_init(&r->arena, OBJECT_MAX_BYTES);
    text_init(&r->after, OBJECT_KEY_MAX_BYTES);
    error_chunk_init(&r->chunk);
    enum status status = fill_search(r);
    r->job = (struct worker_lane_job){.work = work_find, .done = on_found};
    if (status == STATUS_OK)
        status = worker_lane_submit(&engine->bodies, &r->job);
    if (status != STATUS_OK) {
        destroy(r);
        return status;
    }
    redrive->objects = 0;
    redrive->records = 0;
    redrive->skipped = 0;
    redrive->has_more = false;
    stream->redriving = r;
    blob_store_hold(engine->deps.blobs);
    delivery_pump_began(engine);
    return STATUS_OK;
}

void delivery_redrive_undone(struct delivery_engine *engine)
{
    list_for_each(link, &engine->streams) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        if (stream->redriving != NULL)
            stream->redriving->is_undone = true;
    }
}
