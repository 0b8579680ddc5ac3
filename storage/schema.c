#include "storage/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "schema_steps.h" /* generated from storage/schema/ */
#include "storage/db_internal.h"

#define APPLICATION_ID 0x48594452 /* "HYDR": tells our files from other SQLite databases */

static enum status read_number(sqlite3 *handle, const char *sql, int *ret_value)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(handle, sql, -1, &statement, NULL);
    if (result == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        *ret_value = sqlite3_column_int(statement, 0);
    int finalized = sqlite3_finalize(statement);
    return db_status(result != SQLITE_OK ? result : finalized);
}

/* A database without a version is ours to fill when it is empty. */
static enum status check_owner(sqlite3 *handle, int version)
{
    int application = 0;
    int things = 0;
    enum status status = read_number(handle, "PRAGMA application_id", &application);
    if (status == STATUS_OK)
        status = read_number(handle, "SELECT count(*) FROM sqlite_schema", &things);
    if (status != STATUS_OK)
        return status;
    bool is_new = version == 0 && application == 0 && things == 0;
    if (!is_new && (version <= 0 || application != APPLICATION_ID))
        return STATUS_CORRUPT;
    return version > (int)SCHEMA_STEP_COUNT ? STATUS_UNSUPPORTED : STATUS_OK;
}

static int make(sqlite3 *handle, int version)
{
    int result = SQLITE_OK;
    if (version == 0)
        return sqlite3_exec(handle, schema_whole, NULL, NULL, NULL);
    for (size_t i = (size_t)version; i < SCHEMA_STEP_COUNT && result == SQLITE_OK; i++)
        result = sqlite3_exec(handle, schema_steps[i], NULL, NULL, NULL);
    return result;
}

static enum status bring_up(sqlite3 *handle, int version)
{
    char mark[96];
    (void)snprintf(mark, sizeof(mark), "PRAGMA user_version = %d; PRAGMA application_id = %d;",
                   (int)SCHEMA_STEP_COUNT, APPLICATION_ID);
    int result = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = make(handle, version);
    if (result == SQLITE_OK)
        result = sqlite3_exec(handle, mark, NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL);
    if (result != SQLITE_OK)
        (void)sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    return db_status(result);
}

enum status schema_apply(struct db *db)
{
    sqlite3 *handle = db_handle(db);
    int version = 0;
    enum status status = read_number(handle, "PRAGMA user_version", &version);
    if (status == STATUS_OK)
        status = check_owner(handle, version);
    if (status != STATUS_OK || version == (int)SCHEMA_STEP_COUNT)
        return status;
    return bring_up(handle, version);
}
