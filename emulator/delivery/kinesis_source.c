#include "emulator/delivery/kinesis_source.h"

#include <assert.h>

#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/kinesis_portion.h"
#include "storage/source_store.h"

#define READ_EVERY_MS 1000
#define SOURCE_ARENA_MAX_BYTES ((size_t)64 * 1024)

struct kinesis_source {
    struct list link; /* engine->sources */
    struct delivery_stream *stream;
    struct arena arena;
    struct slice configuration;
    struct slice arn;
    struct slice account; /* these three are parts of the ARN */
    struct slice region;
    struct slice name;
    struct sim_timer timer;
    struct loop_task task;
    bool is_reading;
};

/* ---- reading ---- */

/* One portion, or the beginning. `ret_more` says whether to come again at once. */
static enum status step(struct kinesis_source *source, bool *ret_more)
{
    struct delivery_stream *stream = source->stream;
    struct db *db = stream->engine->deps.db;
    struct kinesis_owner owner = {source->account, source->region};
    struct kinesis_stream_row row = {0};
    struct arena arena;
    bool has_begun = false;
    arena_init(&arena, SOURCE_ARENA_MAX_BYTES);
    enum status status = kinesis_stream_find(db, &owner, source->name, &arena, &row);
    arena_clear(&arena); /* the name is known */
    *ret_more = false;
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        status = source_store_has_begun(db, stream->id, &has_begun);
    if (status == STATUS_OK && !has_begun)
        return source_store_begin(db, stream->id, row.id);
    return status == STATUS_OK && row.id != 0 ? kinesis_portion_take(stream, &row, ret_more)
                                              : status;
}

static enum status step_in_unit(struct kinesis_source *source, bool *ret_more)
{
    struct db *db = source->stream->engine->deps.db;
    db_unit_begin(db);
    enum status status = step(source, ret_more);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    return status != STATUS_OK ? status : ended;
}

static void end_reading(struct kinesis_source *source, enum status status)
{
    struct delivery_stream *stream = source->stream;
    struct delivery_engine *engine = stream->engine;
    source->is_reading = false;
    if (status != STATUS_OK) {
        log_line(LOG_WARNING, "firehose: %.*s: reading %.*s failed: %s", SLICE_ARG(stream->name),
                 SLICE_ARG(source->arn), status_text(status));
        kinesis_source_arm(stream);
    }
    delivery_pump_ended(engine);
    delivery_stream_free_if_done(stream);
}

static void on_task(struct loop_task *task)
{
    struct kinesis_source *source = list_entry(task, struct kinesis_source, task);
    struct delivery_stream *stream = source->stream;
    bool more = false;
    enum status status = STATUS_OK;
    if (stream->engine->is_running && !delivery_stream_is_ending(stream))
        status = step_in_unit(source, &more);
    if (status == STATUS_OK && more)
        loop_defer_turn(stream->engine->deps.loop, task);
    else
        end_reading(source, status);
}

static void on_timer(struct sim_timer *timer)
{
    struct kinesis_source *source = list_entry(timer, struct kinesis_source, timer);
    struct delivery_engine *engine = source->stream->engine;
    source->is_reading = true;
    delivery_pump_began(engine);
    loop_defer(engine->deps.loop, &source->task);
}

/* ---- timer ---- */

void kinesis_source_arm(struct delivery_stream *stream)
{
    struct kinesis_source *source = stream->source;
    if (source == NULL || source->is_reading || delivery_stream_is_ending(stream) ||
        !stream->engine->is_running)
        return;
    struct sim_clock *clock = stream->engine->deps.clock;
    int64_t since_ms = sim_clock_now_ms(clock) - stream->active_ms;
    int64_t due_ms = stream->active_ms;
    if (since_ms >= 0)
        due_ms += (since_ms / READ_EVERY_MS + 1) * READ_EVERY_MS;
    sim_timer_start(clock, &source->timer, due_ms);
}

void kinesis_source_stop(struct delivery_stream *stream)
{
    if (stream->source != NULL)
        sim_timer_stop(stream->engine->deps.clock, &stream->source->timer);
}

bool kinesis_source_is_reading(const struct delivery_stream *stream)
{
    return stream->source != NULL && stream->source->is_reading;
}

void kinesis_source_notify(struct delivery_engine *engine, struct slice account,
                           struct slice region, struct slice name)
{
    list_for_each(link, &engine->sources) {
        struct kinesis_source *source = list_entry(link, struct kinesis_source, link);
        if (slice_equal(source->name, name) && slice_equal(source->account, account) &&
            slice_equal(source->region, region))
            kinesis_source_arm(source->stream);
    }
}

/* ---- life ---- */

/* arn:aws:kinesis:region:account:stream/name */
static bool cut_arn(struct kinesis_source *source)
{
    struct slice rest = source->arn;
    for (unsigned i = 0; i < 3; i++)
        (void)slice_cut(&rest, ':');
    source->region = slice_cut(&rest, ':');
    source->account = slice_cut(&rest, ':');
    (void)slice_cut(&rest, '/');
    source->name = rest;
    return rest.len > 0;
}

static enum status read_configuration(struct kinesis_source *source)
{
    const struct json *json = NULL;
    enum status status = json_parse(source->configuration, &source->arena, &json);
    if (status != STATUS_OK)
        return status;
    source->arn = json_member_string(json, "KinesisStreamARN");
    return cut_arn(source) ? STATUS_OK : STATUS_INVALID;
}

static void destroy(struct kinesis_source *source)
{
    arena_clear(&source->arena);
    mem_free(source);
}

static enum status create(struct delivery_stream *stream, struct slice configuration)
{
    struct kinesis_source *source = mem_zalloc(sizeof(*source));
    if (source == NULL)
        return STATUS_NO_MEMORY;
    source->stream = stream;
    arena_init(&source->arena, SOURCE_ARENA_MAX_BYTES);
    sim_timer_init(&source->timer, on_timer);
    loop_task_init(&source->task, on_task);
    enum status status = arena_copy(&source->arena, configuration, &source->configuration);
    if (status == STATUS_OK)
        status = read_configuration(source);
    if (status != STATUS_OK) {
        destroy(source);
        return status;
    }
    list_append(&stream->engine->sources, &source->link);
    stream->source = source;
    return STATUS_OK;
}

/* Else it is the hint of a stream that is put to. */
static enum status check_kinesis(struct slice configuration, struct arena *arena, bool *ret_is)
{
    const struct json *json = NULL;
    enum status status = json_parse(configuration, arena, &json);
    if (status == STATUS_OK)
        *ret_is = json_member(json, "KinesisStreamARN") != NULL;
    return status;
}

enum status kinesis_source_load(struct delivery_stream *stream)
{
    if (stream->source != NULL) /* it never changes */
        return STATUS_OK;
    struct arena arena;
    struct slice configuration = {NULL, 0};
    arena_init(&arena, SOURCE_ARENA_MAX_BYTES);
    enum status status =
        source_store_get(stream->engine->deps.db, stream->id, &arena, &configuration);
    bool is_kinesis = false;
    if (status == STATUS_OK)
        status = check_kinesis(configuration, &arena, &is_kinesis);
    if (status == STATUS_OK && is_kinesis)
        status = create(stream, configuration);
    else if (status == STATUS_NOT_FOUND)
        status = STATUS_OK;
    arena_clear(&arena);
    return status;
}

void kinesis_source_free(struct delivery_stream *stream)
{
    struct kinesis_source *source = stream->source;
    if (source == NULL)
        return;
    assert(!source->is_reading);
    kinesis_source_stop(stream);
    list_remove(&source->link);
    stream->source = NULL;
    destroy(source);
}

enum status kinesis_source_attach(struct delivery_stream *stream, struct slice configuration)
{
    bool more = false;
    bool is_active = sim_clock_now_ms(stream->engine->deps.clock) >= stream->active_ms;
    enum status status = source_store_set(stream->engine->deps.db, stream->id, configuration);
    if (status == STATUS_OK)
        status = kinesis_source_load(stream);
    if (status == STATUS_OK && is_active)
        status = step(stream->source, &more); /* what is put from now on is read */
    if (status == STATUS_OK)
        kinesis_source_arm(stream);
    return status;
}

struct slice kinesis_source_configuration(const struct delivery_stream *stream)
{
    return stream->source != NULL ? stream->source->configuration : (struct slice){NULL, 0};
}

struct slice kinesis_source_arn(const struct delivery_stream *stream)
{
    return stream->source != NULL ? stream->source->arn : (struct slice){NULL, 0};
}
