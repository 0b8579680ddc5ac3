/*
 * temporary_db.h -- a database in a folder of its own, for tests of stores.
 */
#ifndef TESTS_LIB_TEMPORARY_DB_H
#define TESTS_LIB_TEMPORARY_DB_H

#include <stdio.h>

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "tests/lib/asserts.h"
#include "tests/lib/temporary_folder.h"

struct temporary_db {
    char folder[TEMPORARY_FOLDER_BYTES];
    struct db *db;
    struct arena arena;
};

static inline void temporary_db_open(struct temporary_db *t)
{
    char path[128];
    assert_int_equal(temporary_folder_make(t->folder), 0);
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", t->folder);
    assert_ok(db_open(path, DB_DURABILITY_NONE, &t->db));
    arena_init(&t->arena, (size_t)16 * 1024 * 1024);
}

static inline void temporary_db_close(struct temporary_db *t)
{
    arena_clear(&t->arena);
    db_close(t->db);
    assert_int_equal(temporary_folder_remove(t->folder), 0);
}

#endif
