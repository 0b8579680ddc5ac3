/*
 * schema.h -- the tables, and how an older database becomes the newest.
 *
 * storage/schema/NNN_name.sql holds step NNN. The steps a database has seen are counted in its
 * user_version; schema_apply() runs the missing ones in order, in one transaction. An empty one
 * gets what all of them come to, which the build finds out: the steps alter, and rebuild, what
 * earlier ones made.
 */
#ifndef STORAGE_SCHEMA_H
#define STORAGE_SCHEMA_H

#include "emulator/base/status.h"

struct db;

/* STATUS_UNSUPPORTED when the database is newer, STATUS_CORRUPT when it is somebody else's. */
NODISCARD enum status schema_apply(struct db *db);

#endif
