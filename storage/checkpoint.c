#include "storage/checkpoint.h"

#include "emulator/base/mem.h"
#include "storage/db.h"
#include "storage/db_internal.h"

/* Of a log that checkpoint_finish() will cut: each has less to move than the one before. */
enum { MAX_PASSES = 3 };

struct checkpoint {
    struct db *db;     /* borrowed */
    struct db *worker; /* owned: the worker's connection; NULL before its first pass */
    int log_pages;     /* in the log after the last COMMIT */
    int seen_pages;    /* log_pages when the last pass began */
};

/* SQLite calls it after every COMMIT, with the pages now in the log. */
static int on_commit(void *arg, sqlite3 *handle, const char *name, int pages)
{
    struct checkpoint *checkpoint = arg;
    (void)handle;
    (void)name;
    if (pages < checkpoint->log_pages)
        checkpoint->seen_pages = 0; /* the log has begun anew */
    checkpoint->log_pages = pages;
    return SQLITE_OK;
}

enum status checkpoint_open(struct db *db, struct checkpoint **ret_checkpoint)
{
    struct checkpoint *checkpoint = mem_zalloc(sizeof(*checkpoint));
    if (checkpoint == NULL)
        return STATUS_NO_MEMORY;
    checkpoint->db = db;
    (void)sqlite3_wal_hook(db_handle(db), on_commit, checkpoint);
    *ret_checkpoint = checkpoint;
    return STATUS_OK;
}

void checkpoint_close(struct checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    (void)sqlite3_wal_hook(db_handle(checkpoint->db), NULL, NULL);
    db_close(checkpoint->worker);
    mem_free(checkpoint);
}

bool checkpoint_is_due(const struct checkpoint *checkpoint)
{
    return checkpoint->log_pages - checkpoint->seen_pages >= CHECKPOINT_DUE_PAGES;
}

/* How long the log was. */
static int move_log(struct db *db)
{
    int pages = 0;
    (void)sqlite3_wal_checkpoint_v2(db_handle(db), NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, NULL);
    return pages;
}

void checkpoint_run(struct checkpoint *checkpoint)
{
    if (checkpoint->worker == NULL &&
        db_open_checkpointer(checkpoint->db, &checkpoint->worker) != STATUS_OK)
        return;
    for (int pass = 0; pass < MAX_PASSES; pass++) {
        if (move_log(checkpoint->worker) <= CHECKPOINT_MAX_PAGES)
            return;
    }
}

void checkpoint_finish(struct checkpoint *checkpoint)
{
    if (checkpoint->log_pages > CHECKPOINT_MAX_PAGES)
        (void)move_log(checkpoint->db);
    checkpoint->seen_pages = checkpoint->log_pages;
}
