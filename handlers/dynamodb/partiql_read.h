/*
 * partiql_read.h -- a SELECT of one item, as batches and transactions have it: WHERE names the
 * table's whole key and nothing else.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_READ_H
#define HANDLERS_DYNAMODB_PARTIQL_READ_H

#include "handlers/dynamodb/item_write.h"

struct partiql_statement;

/* Fill in write->key; its work and table are there. `operation` names the request's in messages. */
NODISCARD enum status partiql_read_prepare(struct item_write *write,
                                           const struct partiql_statement *statement,
                                           const char *operation);

#endif
