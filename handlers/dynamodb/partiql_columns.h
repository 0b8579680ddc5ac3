/*
 * partiql_columns.h -- what a SELECT answers of an item: all of it, or each chosen path under the
 * name of its last step ("m.sub" as "sub", "l[0]" as "l[0]").
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_COLUMNS_H
#define HANDLERS_DYNAMODB_PARTIQL_COLUMNS_H

#include "emulator/base/slice.h"

struct arena;
struct json_writer;
struct partiql_column;

/* Fill in the columns' names, and which of them are superseded: of equal names the last counts. */
NODISCARD enum status partiql_columns_name(struct partiql_column *columns, struct arena *arena);

/* Write the chosen parts as an item; `columns` NULL: all of it. */
void partiql_columns_write(const struct partiql_column *columns, struct slice item,
                           struct json_writer *w);

#endif
