#include "handlers/cloudwatch/metric_source.h"

#include <string.h>

#include "emulator/base/mem.h"
#include "emulator/events/event_bus.h"

#define FIRST_CAPACITY 8

/* ---- identity ---- */

/* FNV-1a. */
static uint64_t hash_more(uint64_t hash, struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (uint8_t)s.ptr[i]) * 0x100000001b3u;
    return hash * 31;
}

uint64_t metric_source_hash(const struct event *event)
{
    uint64_t hash = hash_more(0xcbf29ce484222325u, event->resource);
    hash = hash_more(hash, event->namespace);
    hash = hash_more(hash, event->region);
    return hash_more(hash, event->account);
}

/* The packed dimensions are name NUL value NUL. */
static bool has_dimension(struct slice packed, struct slice name, struct slice value)
{
    if (packed.len == 0)
        return name.len == 0;
    return packed.len == name.len + value.len + 2 && memcmp(packed.ptr, name.ptr, name.len) == 0 &&
           packed.ptr[name.len] == '\0' &&
           memcmp(packed.ptr + name.len + 1, value.ptr, value.len) == 0;
}

bool metric_source_fits(const struct metric_source *source, const struct event *event,
                        uint64_t hash)
{
    const struct metric_key *key = &source->key;
    return source->hash == hash &&
           has_dimension(key->dimensions, event->dimension, event->resource) &&
           slice_equal(key->namespace, event->namespace) &&
           slice_equal(key->region, event->region) && slice_equal(key->account, event->account);
}

/* ---- life ---- */

static struct slice put(char **at, struct slice s)
{
    char *start = *at;
    if (s.len > 0)
        memcpy(start, s.ptr, s.len);
    *at = start + s.len;
    return slice_make(start, s.len);
}

static struct slice put_dimension(char **at, const struct event *event)
{
    char *start = *at;
    if (event->dimension.len == 0)
        return slice_make(start, 0);
    (void)put(at, event->dimension);
    (void)put(at, slice_make("", 1));
    (void)put(at, event->resource);
    (void)put(at, slice_make("", 1));
    return slice_make(start, (size_t)(*at - start));
}

struct metric_source *metric_source_create(const struct event *event, uint64_t hash)
{
    size_t bytes = event->account.len + event->region.len + event->namespace.len +
                   event->dimension.len + event->resource.len + 2;
    struct metric_source *source = mem_zalloc(sizeof(*source) + bytes);
    if (source == NULL)
        return NULL;
    char *at = source->texts;
    source->hash = hash;
    source->key.account = put(&at, event->account);
    source->key.region = put(&at, event->region);
    source->key.namespace = put(&at, event->namespace);
    source->key.dimensions = put_dimension(&at, event);
    list_init(&source->link);
    list_init(&source->changed_link);
    return source;
}

static void free_sum(struct metric_sum *sum)
{
    metric_point_close(&sum->point);
    mem_free((char *)(uintptr_t)sum->name.ptr);
}

void metric_source_destroy(struct metric_source *source)
{
    list_remove(&source->link);
    list_remove(&source->changed_link);
    for (size_t i = 0; i < source->sum_count; i++)
        free_sum(&source->sums[i]);
    mem_free(source->sums);
    mem_free(source);
}

/* ---- adding ---- */

static bool is_of(const struct metric_sum *sum, const struct event_metric *metric,
                  int64_t minute_ms)
{
    return sum->minute_ms == minute_ms && slice_equal(sum->name, metric->name) &&
           slice_equal(sum->unit, metric->unit);
}

static enum status make_room(struct metric_source *source)
{
    if (source->sum_count < source->sum_capacity)
        return STATUS_OK;
    if (source->sum_count == METRIC_SOURCE_MAX_SUMS)
        return STATUS_TOO_LARGE;
    size_t capacity = source->sum_capacity > 0 ? source->sum_capacity * 2 : FIRST_CAPACITY;
    struct metric_sum *sums = mem_resize(source->sums, capacity * sizeof(*sums));
    if (sums == NULL)
        return STATUS_NO_MEMORY;
    source->sums = sums;
    source->sum_capacity = capacity;
    return STATUS_OK;
}

/* Name and unit are one block, owned by the sum. */
static enum status begin_sum(struct metric_source *source, const struct event_metric *metric,
                             int64_t minute_ms, struct metric_sum **ret_sum)
{
    enum status status = make_room(source);
    if (status != STATUS_OK)
        return status;
    char *texts = mem_alloc(metric->name.len + metric->unit.len + 1);
    if (texts == NULL)
        return STATUS_NO_MEMORY;
    char *at = texts;
    struct metric_sum *sum = &source->sums[source->sum_count++];
    *sum = (struct metric_sum){.minute_ms = minute_ms};
    sum->name = put(&at, metric->name);
    sum->unit = put(&at, metric->unit);
    *ret_sum = sum;
    return STATUS_OK;
}

enum status metric_source_add(struct metric_source *source, const struct event_metric *metric,
                              int64_t at_ms)
{
    int64_t minute_ms = metric_point_minute_ms(at_ms);
    struct metric_sum *sum = NULL;
    for (size_t i = 0; sum == NULL && i < source->sum_count; i++)
        if (is_of(&source->sums[i], metric, minute_ms))
            sum = &source->sums[i];
    enum status status = STATUS_OK;
    if (sum == NULL)
        status = begin_sum(source, metric, minute_ms, &sum);
    if (status != STATUS_OK)
        return status;
    sum->is_changed = true;
    return metric_point_add(&sum->point, metric->value, 1);
}

/* ---- saving ---- */

static enum status save_sum(struct metric_source *source, struct db *db, struct metric_sum *sum)
{
    struct metric_key key = source->key;
    key.name = sum->name;
    enum status status = STATUS_OK;
    bool is_new = false;
    if (sum->metric_id == 0)
        status = metric_store_make(db, &key, sum->minute_ms, &sum->metric_id);
    struct metric_place place = {sum->metric_id, sum->minute_ms, sum->unit};
    if (status == STATUS_OK && !sum->is_loaded) {
        status = metric_store_load(db, &place, &sum->point);
        is_new = status == STATUS_NOT_FOUND;
        if (is_new)
            status = STATUS_OK;
        sum->is_loaded = status == STATUS_OK;
    }
    if (status == STATUS_OK)
        status = metric_store_save(db, &place, &sum->point, is_new);
    sum->is_changed = false;
    return status;
}

static void forget_before(struct metric_source *source, int64_t minute_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < source->sum_count; i++) {
        if (source->sums[i].minute_ms < minute_ms)
            free_sum(&source->sums[i]);
        else
            source->sums[kept++] = source->sums[i];
    }
    source->sum_count = kept;
}

enum status metric_source_save(struct metric_source *source, struct db *db)
{
    enum status status = STATUS_OK;
    int64_t newest_ms = INT64_MIN;
    for (size_t i = 0; i < source->sum_count; i++) {
        struct metric_sum *sum = &source->sums[i];
        enum status saved = sum->is_changed ? save_sum(source, db, sum) : STATUS_OK;
        if (status == STATUS_OK)
            status = saved;
        if (sum->minute_ms > newest_ms)
            newest_ms = sum->minute_ms;
    }
    forget_before(source, newest_ms);
    return status;
}
