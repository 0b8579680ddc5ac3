#include "handlers/cloudwatch/metric_reader.h"

#include "emulator/base/log.h"
#include "handlers/cloudwatch/metric_source.h"

/* ---- sources ---- */

static void forget_sources(struct metric_reader *reader)
{
    for (size_t i = 0; i < METRIC_READER_BUCKETS; i++) {
        list_for_each_safe(link, &reader->buckets[i])
            metric_source_destroy(list_entry(link, struct metric_source, link));
    }
    reader->source_count = 0;
}

static struct metric_source *make_source(struct metric_reader *reader, const struct event *event,
                                         uint64_t hash)
{
    if (reader->source_count == METRIC_READER_MAX_SOURCES)
        return NULL;
    struct metric_source *source = metric_source_create(event, hash);
    if (source == NULL)
        return NULL;
    list_append(&reader->buckets[hash % METRIC_READER_BUCKETS], &source->link);
    reader->source_count++;
    return source;
}

/* NULL: no room. */
static struct metric_source *source_of(struct metric_reader *reader, const struct event *event)
{
    uint64_t hash = metric_source_hash(event);
    list_for_each(link, &reader->buckets[hash % METRIC_READER_BUCKETS]) {
        struct metric_source *source = list_entry(link, struct metric_source, link);
        if (metric_source_fits(source, event, hash))
            return source;
    }
    return make_source(reader, event, hash);
}

/* ---- reading ---- */

static void note_dropped(struct metric_reader *reader, const struct event *event)
{
    if (!reader->is_dropping)
        log_line(LOG_WARNING, "measurements for CloudWatch are dropped (%.*s %.*s): no room",
                 SLICE_ARG(event->namespace), SLICE_ARG(event->resource));
    reader->is_dropping = true;
}

static void add(struct metric_reader *reader, const struct event *event)
{
    struct metric_source *source = source_of(reader, event);
    enum status status = source != NULL ? STATUS_OK : STATUS_TOO_LARGE;
    for (size_t i = 0; status == STATUS_OK && i < event->metric_count; i++)
        status = metric_source_add(source, &event->metrics[i], event->at_ms);
    if (source != NULL && list_is_empty(&source->changed_link))
        list_append(&reader->changed, &source->changed_link);
    if (status != STATUS_OK)
        note_dropped(reader, event);
}

/* One attempt to run a function; a throttled one is no invocation. */
static void add_invocation(struct metric_reader *reader, const struct event *event)
{
    struct event measured = *event;
    bool failed = event->status >= 400;
    const struct event_metric throttled[] = {
        {SLICE_INIT("Throttles"), SLICE_INIT("Count"), 1},
    };
    const struct event_metric metrics[] = {
        {SLICE_INIT("Invocations"), SLICE_INIT("Count"), 1},
        {SLICE_INIT("Errors"), SLICE_INIT("Count"), failed ? 1 : 0},
        {SLICE_INIT("Throttles"), SLICE_INIT("Count"), 0},
        {SLICE_INIT("Duration"), SLICE_INIT("Milliseconds"), (double)event->duration_us / 1000.0},
        {SLICE_INIT("ConcurrentExecutions"), SLICE_INIT("Count"), (double)event->concurrent},
    };
    measured.namespace = SLICE("AWS/Lambda");
    measured.dimension = SLICE("FunctionName");
    measured.metrics = event->status == 429 ? throttled : metrics;
    measured.metric_count = event->status == 429 ? 1 : sizeof(metrics) / sizeof(metrics[0]);
    add(reader, &measured);
}

static void read_event(struct event_reader *reader, const struct event *event)
{
    struct metric_reader *self = list_entry(reader, struct metric_reader, reader);
    if (event->kind == EVENT_METRIC)
        add(self, event);
    else if (event->kind == EVENT_INVOKED)
        add_invocation(self, event);
}

/* ---- writing ---- */

static enum status save_changed(struct metric_reader *reader)
{
    enum status status = STATUS_OK;
    struct list *link = NULL;
    while ((link = list_take_first(&reader->changed)) != NULL) {
        struct metric_source *source = list_entry(link, struct metric_source, changed_link);
        enum status saved = metric_source_save(source, reader->db);
        if (status == STATUS_OK)
            status = saved;
    }
    return status;
}

bool metric_reader_has_news(const struct metric_reader *reader)
{
    return !list_is_empty(&reader->changed);
}

void metric_reader_save(struct metric_reader *reader)
{
    if (!metric_reader_has_news(reader))
        return;
    db_unit_begin(reader->db);
    enum status status = save_changed(reader);
    /* A full store refuses new metrics, the others are to be kept. */
    enum status ended = db_unit_end(reader->db, status == STATUS_OK || status == STATUS_TOO_LARGE);
    if (status == STATUS_OK)
        status = ended;
    if (status != STATUS_OK) {
        log_line(LOG_WARNING, "measurements for CloudWatch were not stored: %s",
                 status_text(status));
        forget_sources(reader);
    }
    if (reader->source_count > METRIC_READER_KEPT_SOURCES)
        forget_sources(reader);
    reader->is_dropping = false;
}

/* What is kept in memory may hold what was undone. */
static void on_group_undone(struct db_listener *listener)
{
    forget_sources(list_entry(listener, struct metric_reader, listener));
}

/* ---- life ---- */

void metric_reader_init(struct metric_reader *reader, struct db *db, struct event_bus *bus)
{
    *reader = (struct metric_reader){.db = db};
    for (size_t i = 0; i < METRIC_READER_BUCKETS; i++)
        list_init(&reader->buckets[i]);
    list_init(&reader->changed);
    reader->reader.read = read_event;
    reader->listener.group_undone = on_group_undone;
    event_bus_add(bus, &reader->reader);
    db_add_listener(db, &reader->listener);
}

void metric_reader_close(struct metric_reader *reader)
{
    if (reader->db == NULL)
        return;
    forget_sources(reader);
    event_bus_remove(&reader->reader);
    db_remove_listener(&reader->listener);
    reader->db = NULL;
}
