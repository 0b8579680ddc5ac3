/*
 * store_fixture.h -- a database in a temporary folder, for tests of stores.
 */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "storage/db.h"
#include "tests/lib/temporary_folder.h"

struct store_fixture {
    char folder[TEMPORARY_FOLDER_BYTES];
    struct db *db;
};

static inline int store_fixture_set_up(void **state)
{
    struct store_fixture *f = calloc(1, sizeof(*f));
    *state = f;
    char path[128];
    if (temporary_folder_make(f->folder) != 0)
        return -1;
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", f->folder);
    if (db_open(path, DB_DURABILITY_NONE, &f->db) != STATUS_OK)
        return -1;
    db_unit_begin(f->db);
    return 0;
}

static inline int store_fixture_tear_down(void **state)
{
    struct store_fixture *f = *state;
    enum status status = db_unit_end(f->db, false);
    db_close(f->db);
    int result = temporary_folder_remove(f->folder);
    free(f);
    return status != STATUS_OK ? -1 : result;
}

#endif
