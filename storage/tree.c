#include "storage/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/mem.h"
#include "storage/db.h"
#include "storage/folder.h"
#include "storage/query.h"
#include "storage/tree_apply.h"

#define BATCH_MAX 256U
#define BATCH_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define DONE_MARK ".complete" /* no bucket's name: it begins with a dot */
#define PATH_BYTES 4096

/*
 *     EMPTYING -> REBUILDING -> FOLLOWING
 * While rebuilding, changes wait in tree_pending; applying one twice is harmless.
 */
enum tree_state { TREE_EMPTYING, TREE_REBUILDING, TREE_FOLLOWING };

struct tree {
    struct db *db;     /* borrowed */
    struct db *reader; /* owned; the worker's */
    struct blob_store *blobs;
    enum tree_state state;
    char folder[PATH_BYTES];
    int root;
    size_t failures;
    struct arena arena; /* of the batch */
    struct tree_change *batch;
    size_t batch_count;
    /* Where the rebuilding stands: the last bucket and key done. */
    struct arena place;
    struct slice last_bucket;
    struct slice last_key;
};

/* ---- noting changes ---- */

static enum status run_sql(struct db *db, const char *sql)
{
    struct query q;
    query_begin_temporary(&q, db, sql);
    return query_run(&q);
}

/*
 * A pending row names a key; an empty one says the bucket was deleted, a NUL that it was made
 * (no key is either, and both sort before all keys). No OR IGNORE: an upsert that fires a trigger
 * would override it.
 */
static enum status start_noting(struct db *db)
{
    static const char table[] =
        "CREATE TEMP TABLE tree_pending(bucket TEXT NOT NULL, key BLOB NOT NULL,"
        " PRIMARY KEY(bucket, key)) WITHOUT ROWID";
    static const char inserted[] =
        "CREATE TEMP TRIGGER tree_object_inserted AFTER INSERT ON main.object BEGIN"
        " INSERT INTO tree_pending SELECT b.name, new.key FROM main.bucket b"
        " WHERE b.id = new.bucket AND NOT EXISTS (SELECT 1 FROM tree_pending p"
        " WHERE p.bucket = b.name AND p.key = new.key); END";
    static const char updated[] =
        "CREATE TEMP TRIGGER tree_object_updated AFTER UPDATE ON main.object BEGIN"
        " INSERT INTO tree_pending SELECT b.name, new.key FROM main.bucket b"
        " WHERE b.id = new.bucket AND NOT EXISTS (SELECT 1 FROM tree_pending p"
        " WHERE p.bucket = b.name AND p.key = new.key); END";
    static const char deleted[] =
        "CREATE TEMP TRIGGER tree_object_deleted AFTER DELETE ON main.object BEGIN"
        " INSERT INTO tree_pending SELECT b.name, old.key FROM main.bucket b"
        " WHERE b.id = old.bucket AND NOT EXISTS (SELECT 1 FROM tree_pending p"
        " WHERE p.bucket = b.name AND p.key = old.key); END";
    static const char made[] =
        "CREATE TEMP TRIGGER tree_bucket_made AFTER INSERT ON main.bucket BEGIN"
        " INSERT OR IGNORE INTO tree_pending VALUES (new.name, x'00'); END";
    static const char gone[] =
        "CREATE TEMP TRIGGER tree_bucket_gone AFTER DELETE ON main.bucket BEGIN"
        " INSERT OR IGNORE INTO tree_pending VALUES (old.name, x''); END";
    static const char *const steps[] = {table, inserted, updated, deleted, made, gone};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == STATUS_OK; i++)
        status = run_sql(db, steps[i]);
    return status;
}

static void stop_noting(struct db *db)
{
    static const char inserted[] = "DROP TRIGGER IF EXISTS temp.tree_object_inserted";
    static const char updated[] = "DROP TRIGGER IF EXISTS temp.tree_object_updated";
    static const char deleted[] = "DROP TRIGGER IF EXISTS temp.tree_object_deleted";
    static const char made[] = "DROP TRIGGER IF EXISTS temp.tree_bucket_made";
    static const char gone[] = "DROP TRIGGER IF EXISTS temp.tree_bucket_gone";
    static const char table[] = "DROP TABLE IF EXISTS temp.tree_pending";
    static const char *const steps[] = {inserted, updated, deleted, made, gone, table};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        (void)run_sql(db, steps[i]);
}

/* ---- open and close ---- */

static enum status open_root(struct tree *tree, const char *folder)
{
    int len = snprintf(tree->folder, sizeof(tree->folder), "%s", folder);
    if (len < 0 || (size_t)len >= sizeof(tree->folder))
        return STATUS_TOO_LARGE;
    enum status status = folder_make(folder);
    if (status != STATUS_OK)
        return status;
    tree->root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tree->root < 0)
        return status_from_errno(errno);
    bool is_complete = unlinkat(tree->root, DONE_MARK, 0) == 0;
    tree->state = is_complete ? TREE_FOLLOWING : TREE_EMPTYING;
    return STATUS_OK;
}

enum status tree_open(struct db *db, struct blob_store *blobs, const char *folder,
                      struct tree **ret_tree)
{
    struct tree *tree = mem_zalloc(sizeof(*tree));
    if (tree == NULL)
        return STATUS_NO_MEMORY;
    tree->db = db;
    tree->blobs = blobs;
    tree->root = -1;
    arena_init(&tree->arena, BATCH_MAX_BYTES);
    arena_init(&tree->place, BATCH_MAX_BYTES);
    enum status status = open_root(tree, folder);
    if (status == STATUS_OK)
        status = db_open_reader(db, &tree->reader);
    if (status == STATUS_OK)
        status = start_noting(db);
    if (status != STATUS_OK) {
        tree_close(tree);
        return status;
    }
    *ret_tree = tree;
    return STATUS_OK;
}

static bool has_pending(struct tree *tree)
{
    static const char any[] = "SELECT 1 FROM temp.tree_pending LIMIT 1";
    struct query q;
    query_begin(&q, tree->db, any);
    bool has = query_step(&q);
    return query_end(&q) != STATUS_OK || has;
}

static void leave_mark(struct tree *tree)
{
    bool is_complete = tree->reader != NULL && tree->state == TREE_FOLLOWING &&
                       tree->batch_count == 0 && !has_pending(tree);
    if (!is_complete)
        return;
    int file = openat(tree->root, DONE_MARK, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file >= 0)
        (void)close(file);
}

void tree_close(struct tree *tree)
{
    if (tree == NULL)
        return;
    leave_mark(tree);
    stop_noting(tree->db);
    db_close(tree->reader);
    if (tree->root >= 0)
        (void)close(tree->root);
    arena_clear(&tree->arena);
    arena_clear(&tree->place);
    mem_free(tree);
}

/* ---- taking up ---- */

static enum status read_pending(struct tree *tree)
{
    static const char select[] = "SELECT bucket, key FROM temp.tree_pending"
                                 " ORDER BY bucket, key LIMIT 256";
    struct query q;
    query_begin(&q, tree->db, select);
    while (tree->batch_count < BATCH_MAX && query_step(&q)) {
        struct tree_change *change = &tree->batch[tree->batch_count];
        change->bucket = query_copy(&q, 0, &tree->arena);
        change->key = query_copy(&q, 1, &tree->arena);
        tree->batch_count++;
    }
    return query_end(&q);
}

static enum status forget_pending(struct tree *tree)
{
    static const char drop[] = "DELETE FROM temp.tree_pending WHERE (bucket, key) <= (?, ?)";
    const struct tree_change *last = &tree->batch[tree->batch_count - 1];
    struct query q;
    query_begin_temporary(&q, tree->db, drop);
    query_bind_text(&q, last->bucket);
    query_bind_blob(&q, last->key);
    return query_run(&q);
}

bool tree_take(struct tree *tree)
{
    if (tree->state != TREE_FOLLOWING || tree->batch_count > 0)
        return true;
    if (!has_pending(tree))
        return false;
    arena_clear(&tree->arena);
    tree->batch = arena_alloc(&tree->arena, BATCH_MAX * sizeof(*tree->batch));
    if (tree->batch == NULL)
        return false;
    enum status status = read_pending(tree);
    if (status == STATUS_OK && tree->batch_count > 0)
        status = forget_pending(tree);
    if (status != STATUS_OK)
        tree->batch_count = 0;
    return tree->batch_count > 0;
}

/* ---- working ---- */

static void apply(struct tree *tree, const struct tree_change *change)
{
    struct tree_target target = {tree->reader, tree->blobs, tree->folder, tree->root};
    if (tree_apply(&target, change) != STATUS_OK)
        tree->failures++;
}

static void empty(struct tree *tree)
{
    if (folder_empty(tree->folder) != STATUS_OK)
        tree->failures++;
    tree->state = TREE_REBUILDING;
}

static enum status make_buckets(struct tree *tree)
{
    static const char select[] = "SELECT name FROM bucket";
    struct query q;
    query_begin(&q, tree->reader, select);
    while (query_step(&q)) {
        struct tree_change change = {query_slice(&q, 0), SLICE_INIT("\0")};
        apply(tree, &change);
    }
    return query_end(&q);
}

/* The next keys in order of bucket and key. */
static enum status read_next(struct tree *tree)
{
    static const char select[] =
        "SELECT b.name, o.key FROM bucket b JOIN object o ON o.bucket = b.id"
        " WHERE b.name >= ?1 AND (b.name > ?1 OR o.key > ?2) ORDER BY b.name, o.key LIMIT 256";
    struct query q;
    query_begin(&q, tree->reader, select);
    query_bind_text(&q, tree->last_bucket);
    query_bind_blob(&q, tree->last_key);
    while (tree->batch_count < BATCH_MAX && query_step(&q)) {
        struct tree_change *change = &tree->batch[tree->batch_count++];
        change->bucket = query_copy(&q, 0, &tree->arena);
        change->key = query_copy(&q, 1, &tree->arena);
    }
    return query_end(&q);
}

static enum status remember_place(struct tree *tree, const struct tree_change *last)
{
    arena_clear(&tree->place);
    enum status status = arena_copy(&tree->place, last->bucket, &tree->last_bucket);
    return status == STATUS_OK ? arena_copy(&tree->place, last->key, &tree->last_key) : status;
}

/* One batch of all objects. Whatever goes wrong ends the rebuilding; the next start tries again. */
static enum status rebuild_some(struct tree *tree)
{
    enum status status = tree->last_bucket.len == 0 ? make_buckets(tree) : STATUS_OK;
    arena_clear(&tree->arena);
    tree->batch_count = 0;
    tree->batch = arena_alloc(&tree->arena, BATCH_MAX * sizeof(*tree->batch));
    if (status == STATUS_OK)
        status = tree->batch != NULL ? read_next(tree) : STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < tree->batch_count; i++)
        apply(tree, &tree->batch[i]);
    if (tree->batch_count == 0)
        return STATUS_END;
    return remember_place(tree, &tree->batch[tree->batch_count - 1]);
}

static void rebuild(struct tree *tree)
{
    enum status status = rebuild_some(tree);
    tree->batch_count = 0;
    if (status == STATUS_OK)
        return;
    if (status != STATUS_END)
        tree->failures++;
    tree->state = TREE_FOLLOWING;
}

void tree_work(struct tree *tree)
{
    if (tree->state == TREE_EMPTYING) {
        empty(tree);
        return;
    }
    if (tree->state == TREE_REBUILDING) {
        rebuild(tree);
        return;
    }
    for (size_t i = 0; i < tree->batch_count; i++)
        apply(tree, &tree->batch[i]);
    tree->batch_count = 0;
}

size_t tree_failures(struct tree *tree)
{
    size_t failures = tree->failures;
    tree->failures = 0;
    return failures;
}
