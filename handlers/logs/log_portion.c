#include "handlers/logs/log_portion.h"

#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/event_queue.h"
#include "emulator/loop/random.h"
#include "handlers/logs/filter_pattern.h"
#include "handlers/logs/log_destination.h"
#include "handlers/logs/log_metric.h"
#include "handlers/logs/log_payload.h"
#include "storage/db.h"
#include "storage/function_event_store.h"
#include "storage/function_store.h"

#define ARENA_MAX_BYTES ((size_t)32 * 1024 * 1024)
#define SCRATCH_MAX_BYTES ((size_t)128 * 1024 * 1024)
#define DATA_MAX_BYTES ((size_t)24 * 1024 * 1024)
#define DROP_ROWS 500
/* A portion is a millisecond's work, and fits into a record once it is packed. */
#define PORTION_EVENTS 250
#define METRIC_EVENTS 100
#define PORTION_BYTES ((size_t)64 * 1024)

struct log_portion *log_portion_create(struct log_forwarder *owner, struct db *db,
                                       struct random *random)
{
    struct log_portion *portion = mem_zalloc(sizeof(*portion));
    if (portion == NULL)
        return NULL;
    list_init(&portion->link);
    portion->owner = owner;
    portion->db = db;
    portion->random = random;
    arena_init(&portion->arena, ARENA_MAX_BYTES);
    text_init(&portion->data, DATA_MAX_BYTES);
    return portion;
}

void log_portion_free(struct log_portion *portion)
{
    text_close(&portion->data);
    arena_clear(&portion->arena);
    mem_free(portion);
}

enum status log_portion_drop(struct db *db, int64_t filter)
{
    return log_forward_drop(db, filter, DROP_ROWS);
}

enum status log_portion_load(struct log_portion *portion, struct db *db, int64_t filter)
{
    enum status status = log_filter_get(db, filter, &portion->arena, &portion->filter);
    return status == STATUS_OK ? log_forward_first(db, filter, &portion->note) : status;
}

/* ---- matching ---- */

/* Where the events that are looked at go. */
struct sink {
    struct log_portion *portion;
    struct filter_pattern pattern;
    struct arena scratch; /* of one event */
    struct log_metric metric;
    struct log_payload payload;
};

static enum status take_event(struct sink *sink, const struct log_event_row *event)
{
    struct filter_match match = {.is_match = false};
    enum status status =
        filter_pattern_match(&sink->pattern, event->message, &sink->scratch, &match);
    if (status == STATUS_OK && sink->portion->filter.kind == LOG_FILTER_METRIC)
        status = log_metric_add(&sink->metric, &match, event->at_ms, &sink->scratch);
    else if (status == STATUS_OK && match.is_match)
        log_payload_add(&sink->payload, event);
    arena_recycle(&sink->scratch);
    return status;
}

static enum status read_events(struct sink *sink)
{
    struct log_portion *portion = sink->portion;
    struct log_cursor cursor;
    struct log_event_row event;
    enum status taken = STATUS_OK;
    size_t bytes = 0;
    int most = portion->filter.kind == LOG_FILTER_METRIC ? METRIC_EVENTS : PORTION_EVENTS;
    int count = 0;
    bool is_full = false;
    portion->next_event = portion->note.last_event + 1;
    log_forward_events_begin(&cursor, portion->db, &portion->note);
    while (taken == STATUS_OK && !is_full && log_forward_events_next(&cursor, &event)) {
        is_full = count == most || (count > 0 && bytes + event.message.len > PORTION_BYTES);
        if (is_full) {
            portion->next_event = event.id;
            continue;
        }
        bytes += event.message.len;
        count++;
        taken = take_event(sink, &event);
    }
    enum status status = log_cursor_end(&cursor);
    return status != STATUS_OK ? status : taken;
}

static enum status open_sink(struct sink *sink, int64_t now_ms)
{
    struct log_portion *portion = sink->portion;
    struct text problem;
    text_init_in(&problem, &portion->arena, 4096);
    arena_init(&sink->scratch, SCRATCH_MAX_BYTES);
    log_payload_begin(&sink->payload, &portion->filter);
    sink->metric = (struct log_metric){.db = portion->db,
                                       .row = &portion->filter,
                                       .pattern = &sink->pattern,
                                       .arena = &portion->arena,
                                       .now_ms = now_ms};
    enum status status =
        filter_pattern_parse(portion->filter.pattern, &portion->arena, &sink->pattern, &problem);
    if (status == STATUS_OK && portion->filter.kind == LOG_FILTER_METRIC)
        status = log_metric_begin(&sink->metric);
    return status;
}

static void close_sink(struct sink *sink)
{
    log_metric_close(&sink->metric);
    log_payload_close(&sink->payload);
    arena_clear(&sink->scratch);
}

/* ---- metric filters ---- */

static enum status finish_metrics(struct sink *sink)
{
    struct log_portion *portion = sink->portion;
    enum status status = log_metric_finish(&sink->metric);
    if (status == STATUS_TOO_LARGE) {
        log_line(LOG_WARNING, "metric filter %.*s: no room for another metric, values are dropped",
                 SLICE_ARG(portion->filter.name));
        status = STATUS_OK;
    }
    return status == STATUS_OK ? log_forward_move(portion->db, &portion->note, portion->next_event)
                               : status;
}

/* ---- functions ---- */

static enum status hand_to_function(struct log_portion *portion, struct event_queue *events)
{
    char id[UUID_CHARS + 1];
    struct text event;
    struct function_row function;
    const struct log_target *target = &portion->target;
    enum status status = function_store_find(portion->db, target->account, target->region,
                                             target->name, &portion->arena, &function);
    if (status == STATUS_NOT_FOUND) {
        portion->http_status = 404;
        portion->error_code = SLICE("ResourceNotFoundException");
        return STATUS_OK;
    }
    random_uuid(portion->random, id);
    text_init(&event, DATA_MAX_BYTES);
    text_printf(&event, "{\"awslogs\":{\"data\":\"%.*s\"}}", SLICE_ARG(text_slice(&portion->data)));
    struct function_event row = {.account = target->account,
                                 .region = target->region,
                                 .function = target->name,
                                 .qualifier = target->qualifier,
                                 .request_id = slice_of(id),
                                 .payload = text_slice(&event)};
    if (status == STATUS_OK)
        status = event.status;
    if (status == STATUS_OK)
        status = event_queue_add(events, &row);
    portion->http_status = 202;
    text_close(&event);
    return status;
}

/* ---- subscriptions ---- */

static enum status check_message(struct sink *sink, int64_t now_ms)
{
    bool is_firehose = sink->portion->target.kind == LOG_TARGET_FIREHOSE;
    sink->portion->next_event = 1;
    log_payload_check(&sink->payload,
                      is_firehose
                          ? SLICE("CWL CONTROL MESSAGE: Checking health of destination Firehose.")
                          : SLICE("CWL CONTROL MESSAGE: Checking health of destination Kinesis."),
                      now_ms);
    return STATUS_OK;
}

static enum status finish_subscription(struct sink *sink, struct event_queue *events,
                                       int64_t now_ms)
{
    struct log_portion *portion = sink->portion;
    if (sink->payload.events == 0)
        return log_forward_move(portion->db, &portion->note, portion->next_event);
    enum status status = log_payload_finish(&sink->payload, &portion->data);
    if (status != STATUS_OK)
        return status;
    if (portion->target.kind != LOG_TARGET_LAMBDA) {
        portion->is_ready = true;
        return STATUS_OK;
    }
    status = hand_to_function(portion, events);
    return status == STATUS_OK ? log_portion_settle(portion, portion->db, now_ms) : status;
}

static enum status find_target(struct log_portion *portion)
{
    const struct json *settings = NULL;
    enum status status = json_parse(portion->filter.settings, &portion->arena, &settings);
    if (status != STATUS_OK)
        return status;
    return log_destination_resolve(portion->db, json_member_string(settings, "destinationArn"),
                                   &portion->arena, &portion->target);
}

static enum status work_on_subscription(struct sink *sink, struct event_queue *events,
                                        int64_t now_ms)
{
    struct log_portion *portion = sink->portion;
    if (portion->filter.disabled_until_ms > now_ms)
        return log_forward_move(portion->db, &portion->note, portion->note.last_event + 1);
    enum status status = find_target(portion);
    if (status == STATUS_NOT_FOUND) {
        portion->http_status = 404;
        portion->error_code = SLICE("ResourceNotFoundException");
        portion->next_event = portion->note.last_event + 1;
        return log_portion_settle(portion, portion->db, now_ms);
    }
    if (status == STATUS_OK)
        status = portion->note.stream_id == 0 ? check_message(sink, now_ms) : read_events(sink);
    return status == STATUS_OK ? finish_subscription(sink, events, now_ms) : status;
}

enum status log_portion_work(struct log_portion *portion, struct event_queue *events,
                             int64_t now_ms)
{
    struct sink sink = {.portion = portion};
    enum status status = open_sink(&sink, now_ms);
    if (status == STATUS_OK && portion->filter.kind == LOG_FILTER_METRIC) {
        status = read_events(&sink);
        if (status == STATUS_OK)
            status = finish_metrics(&sink);
    } else if (status == STATUS_OK) {
        status = work_on_subscription(&sink, events, now_ms);
    }
    close_sink(&sink);
    return status;
}
