/*
 * temporary_db.h -- a database in a folder of its own, for tests of stores.
 */
#ifndef TESTS_LIB_TEMPORARY_DB_H
#define TESTS_LIB_TEMPORARY_DB_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "tests/lib/asserts.h"

struct temporary_db {
    char folder[64];
    struct db *db;
    struct arena arena;
};

static inline void temporary_db_open(struct temporary_db *t)
{
    char path[128];
    (void)snprintf(t->folder, sizeof(t->folder), "%s/hydrant-store-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(t->folder));
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", t->folder);
    assert_ok(db_open(path, DB_DURABILITY_NONE, &t->db));
    arena_init(&t->arena, (size_t)16 * 1024 * 1024);
}

static inline void temporary_db_close(struct temporary_db *t)
{
    char command[128];
    arena_clear(&t->arena);
    db_close(t->db);
    (void)snprintf(command, sizeof(command), "rm -rf %s", t->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
}

#endif
