#include "handlers/logs/log_reader.h"

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "handlers/logs/log_forwarder.h"
#include "storage/log_store.h"

#define ARENA_MAX_BYTES ((size_t)4 * 1024 * 1024)

/* The group's id, found or made. */
static enum status group_of(struct db *db, const struct event *event, struct arena *arena,
                            int64_t *ret_id)
{
    struct log_owner owner = {event->account, event->region};
    struct log_group_row row;
    enum status status = log_group_find(db, &owner, event->log_group, arena, &row);
    if (status == STATUS_OK)
        *ret_id = row.id;
    if (status != STATUS_NOT_FOUND || event->log_must_exist)
        return status;
    row = (struct log_group_row){
        .name = event->log_group, .created_ms = event->at_ms, .class = SLICE("STANDARD")};
    return log_group_create(db, &owner, &row, ret_id);
}

static enum status stream_of(struct db *db, const struct event *event, int64_t group_id,
                             struct arena *arena, int64_t *ret_id)
{
    struct log_stream_row row;
    enum status status = log_stream_find(db, group_id, event->log_stream, arena, &row);
    if (status == STATUS_OK)
        *ret_id = row.id;
    if (status != STATUS_NOT_FOUND || event->log_must_exist)
        return status;
    return log_stream_create(db, group_id, event->log_stream, event->at_ms, ret_id);
}

/* Empty lines are no events, as on AWS, and none is from before 1970. */
static enum status copy_lines(const struct event *event, struct arena *arena,
                              struct log_line **ret_lines, size_t *ret_count)
{
    struct log_line *lines = arena_alloc(arena, event->line_count * sizeof(lines[0]));
    if (lines == NULL)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < event->line_count; i++) {
        const struct event_log_line *line = &event->lines[i];
        if (line->text.len > 0)
            lines[count++] = (struct log_line){line->at_ms > 0 ? line->at_ms : 0, line->text};
    }
    *ret_lines = lines;
    *ret_count = count;
    return STATUS_OK;
}

static enum status store(struct db *db, const struct event *event, struct arena *arena)
{
    struct log_batch batch = {.ingested_ms = event->at_ms};
    struct log_line *lines = NULL;
    enum status status = group_of(db, event, arena, &batch.group_id);
    if (status == STATUS_OK)
        status = stream_of(db, event, batch.group_id, arena, &batch.stream_id);
    if (status == STATUS_OK)
        status = copy_lines(event, arena, &lines, &batch.line_count);
    if (status != STATUS_OK)
        return status;
    batch.lines = lines;
    return log_events_append(db, &batch);
}

static void read_event(struct event_reader *reader, const struct event *event)
{
    struct log_reader *self = list_entry(reader, struct log_reader, reader);
    if (event->kind != EVENT_LOG || event->line_count == 0)
        return;
    struct arena arena;
    arena_init(&arena, ARENA_MAX_BYTES);
    enum status status = store(self->db, event, &arena);
    arena_clear(&arena);
    if (status == STATUS_OK)
        log_forwarder_notify(self->forwarder);
    if (status == STATUS_NOT_FOUND)
        log_line(LOG_DEBUG, "no log group or stream %.*s %.*s: %zu lines dropped",
                 SLICE_ARG(event->log_group), SLICE_ARG(event->log_stream), event->line_count);
    else if (status != STATUS_OK)
        log_line(LOG_ERROR, "writing %zu lines to log group %.*s: %s", event->line_count,
                 SLICE_ARG(event->log_group), status_text(status));
}

void log_reader_init(struct log_reader *reader, struct db *db, struct event_bus *bus)
{
    reader->db = db;
    reader->forwarder = NULL;
    reader->reader.read = read_event;
    event_bus_add(bus, &reader->reader);
}

void log_reader_close(struct log_reader *reader)
{
    if (reader->db != NULL)
        event_bus_remove(&reader->reader);
    reader->db = NULL;
}
