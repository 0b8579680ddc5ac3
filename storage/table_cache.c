#include "storage/table_store.h"

#include <assert.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/mem.h"
#include "storage/db.h"
#include "storage/index_store.h"
#include "storage/query.h"

/* One description. Its strings stand behind it; freed when neither cache nor call uses it. */
struct cached_table {
    struct table table;
    size_t references;
    struct arena indexes; /* of the table */
    char strings[];
};

/* Where a table stands in the cache follows from its name; a newcomer takes the place over. */
struct table_cache {
    struct db *db; /* borrowed */
    struct db_listener listener;
    struct cached_table *slots[TABLE_CACHE_SLOTS]; /* one reference each; NULL: free */
};

#define INDEXES_MAX_BYTES ((size_t)1024 * 1024)

static void discard(struct cached_table *cached)
{
    if (cached == NULL)
        return;
    arena_clear(&cached->indexes);
    mem_free(cached);
}

static void release(void *arg)
{
    struct cached_table *cached = arg;
    assert(cached->references > 0);
    if (--cached->references == 0)
        discard(cached);
}

static void empty_slot(struct cached_table **slot)
{
    if (*slot == NULL)
        return;
    release(*slot);
    *slot = NULL;
}

static void empty(struct table_cache *cache)
{
    for (size_t i = 0; i < TABLE_CACHE_SLOTS; i++)
        empty_slot(&cache->slots[i]);
}

static void group_undone(struct db_listener *listener)
{
    struct table_cache *cache = list_entry(listener, struct table_cache, listener);
    empty(cache);
}

enum status table_cache_create(struct db *db, struct table_cache **ret_cache)
{
    struct table_cache *cache = mem_zalloc(sizeof(*cache));
    if (cache == NULL)
        return STATUS_NO_MEMORY;
    cache->db = db;
    cache->listener.group_undone = group_undone;
    db_add_listener(db, &cache->listener);
    *ret_cache = cache;
    return STATUS_OK;
}

void table_cache_close(struct table_cache *cache)
{
    if (cache == NULL)
        return;
    db_remove_listener(&cache->listener);
    empty(cache);
    mem_free(cache);
}

/* FNV-1a. */
static struct cached_table **find_slot(struct table_cache *cache, struct slice name)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (uint8_t)name.ptr[i]) * 16777619U;
    return &cache->slots[(hash ^ (hash >> 16)) % TABLE_CACHE_SLOTS];
}

void table_cache_forget(struct table_cache *cache, const struct table *table)
{
    struct cached_table **slot = find_slot(cache, table->name);
    if (*slot != NULL && (*slot)->table.id == table->id)
        empty_slot(slot);
}

/* The text columns of a row, in the order of their places behind the description. */
enum { STRING_COLUMNS = 12 };

static void keep_strings(const struct query *q, struct cached_table *cached)
{
    struct table *t = &cached->table;
    struct slice *const strings[STRING_COLUMNS] = {
        &t->account,   &t->region,     &t->name,         &t->uuid,
        &t->hash_name, &t->range_name, &t->table_class,  &t->stream_label,
        &t->ttl_name,  &t->kms_key,    &t->ttl_cursor_p, &t->ttl_cursor_s,
    };
    char *end = cached->strings;
    for (int i = 0; i < STRING_COLUMNS; i++) {
        struct slice text = query_slice(q, i);
        if (text.len > 0)
            memcpy(end, text.ptr, text.len);
        *strings[i] = slice_make(end, text.len);
        end += text.len;
    }
}

static struct cached_table *from_row(const struct query *q)
{
    size_t bytes = 0;
    for (int i = 0; i < STRING_COLUMNS; i++)
        bytes += query_slice(q, i).len;
    struct cached_table *cached = mem_alloc(sizeof(*cached) + bytes);
    if (cached == NULL)
        return NULL;
    cached->references = 1;
    arena_init(&cached->indexes, INDEXES_MAX_BYTES);
    cached->table = (struct table){
        .id = query_integer(q, 12),
        .created_ms = query_integer(q, 13),
        .hash_type = (char)query_integer(q, 14),
        .range_type = (char)query_integer(q, 15),
        .is_on_demand = query_integer(q, 16) != 0,
        .read_units = query_integer(q, 17),
        .write_units = query_integer(q, 18),
        .is_protected = query_integer(q, 19) != 0,
        .stream_id = query_integer(q, 20),
        .stream_view = (enum stream_view)query_integer(q, 21),
        .on_demand_ms = query_integer(q, 22),
        .increased_ms = query_integer(q, 23),
        .decreased_ms = query_integer(q, 24),
        .class_ms = query_integer(q, 25),
        .max_read_units = query_integer(q, 26),
        .max_write_units = query_integer(q, 27),
        .is_encrypted = query_integer(q, 28) != 0,
        .ttl_state = (enum ttl_state)query_integer(q, 29),
    };
    keep_strings(q, cached);
    return cached;
}

static enum status load_indexes(struct db *db, struct cached_table *cached)
{
    struct table *t = &cached->table;
    return index_store_list(db, t->id, &cached->indexes, &t->indexes, &t->index_count);
}

static enum status load(struct db *db, const struct table_scope *scope, struct slice name,
                        struct cached_table **ret_cached)
{
    static const char find[] =
        "SELECT account, region, name, uuid, hash_name, range_name, class, stream_label, ttl_name,"
        " kms_key, ttl_cursor_p, ttl_cursor_s, id, created_ms, hash_type, range_type, on_demand, "
        "read_units, write_units,"
        " is_protected, stream_id, stream_view, on_demand_ms, increased_ms, decreased_ms, class_ms,"
        " max_read_units, max_write_units, is_encrypted, ttl_state FROM dynamodb_table"
        " WHERE account = ? AND region = ? AND name = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, scope->account);
    query_bind_text(&q, scope->region);
    query_bind_text(&q, name);
    bool found = query_step(&q);
    struct cached_table *cached = found ? from_row(&q) : NULL;
    enum status status = query_end(&q);
    if (status == STATUS_OK && cached == NULL)
        return found ? STATUS_NO_MEMORY : STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        status = load_indexes(db, cached);
    if (status != STATUS_OK) {
        discard(cached);
        return status;
    }
    *ret_cached = cached;
    return STATUS_OK;
}

static bool is_it(const struct cached_table *cached, const struct table_scope *scope,
                  struct slice name)
{
    return cached != NULL && slice_equal(cached->table.name, name) &&
           slice_equal(cached->table.account, scope->account) &&
           slice_equal(cached->table.region, scope->region);
}

enum status table_cache_find(struct table_cache *cache, const struct table_scope *scope,
                             struct slice name, struct arena *arena, const struct table **ret_table)
{
    struct cached_table **slot = find_slot(cache, name);
    if (!is_it(*slot, scope, name)) {
        struct cached_table *cached = NULL;
        enum status status = load(cache->db, scope, name, &cached);
        if (status != STATUS_OK)
            return status;
        empty_slot(slot);
        *slot = cached;
    }
    enum status status = arena_on_clear(arena, release, *slot);
    if (status != STATUS_OK)
        return status;
    (*slot)->references++;
    *ret_table = &(*slot)->table;
    return STATUS_OK;
}

enum status table_cache_find_id(struct table_cache *cache, int64_t table_id, struct arena *arena,
                                const struct table **ret_table)
{
    static const char find[] = "SELECT account, region, name FROM dynamodb_table WHERE id = ?";
    struct query q;
    struct table_scope scope = {{NULL, 0}, {NULL, 0}};
    struct slice name = {NULL, 0};
    query_begin(&q, cache->db, find);
    query_bind_integer(&q, table_id);
    bool found = query_step(&q);
    if (found) {
        scope.account = query_copy(&q, 0, arena);
        scope.region = query_copy(&q, 1, arena);
        name = query_copy(&q, 2, arena);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    return status == STATUS_OK ? table_cache_find(cache, &scope, name, arena, ret_table) : status;
}
