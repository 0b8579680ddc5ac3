/*
 * store_fixture.h -- a database in a temporary folder, for tests of stores.
 */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "storage/db.h"

struct store_fixture {
    char folder[64];
    struct db *db;
};

static inline int store_fixture_set_up(void **state)
{
    struct store_fixture *f = calloc(1, sizeof(*f));
    char path[128];
    (void)snprintf(f->folder, sizeof(f->folder), "%s/hydrant-store-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(f->folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", f->folder);
    if (db_open(path, DB_DURABILITY_NONE, &f->db) != STATUS_OK)
        return -1;
    db_unit_begin(f->db);
    *state = f;
    return 0;
}

static inline int store_fixture_tear_down(void **state)
{
    struct store_fixture *f = *state;
    char command[128];
    enum status status = db_unit_end(f->db, false);
    db_close(f->db);
    (void)snprintf(command, sizeof(command), "rm -rf %s", f->folder);
    int result = system(command); /* NOLINT(cert-env33-c) */
    free(f);
    return status != STATUS_OK ? -1 : result;
}

#endif
