/*
 * partiql_write.h -- INSERT, UPDATE and DELETE (and, in transactions, EXISTS) as the writes of
 * item_update.h: keys come from the item or from WHERE, the rest of WHERE is the condition.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_WRITE_H
#define HANDLERS_DYNAMODB_PARTIQL_WRITE_H

#include "handlers/dynamodb/item_update.h"

struct partiql_statement;

/* Fill in the write, whose work and table are there. */
NODISCARD enum status partiql_write_prepare(struct item_update *update,
                                            const struct partiql_statement *statement);

/* Find the item and write it; what RETURNING asks for into *ret_shown, empty for nothing. */
NODISCARD enum status partiql_write_run(struct item_update *update,
                                        const struct partiql_statement *statement,
                                        struct slice *ret_shown);

/* INSERT met an item: the failed condition in its words. */
void partiql_write_reword(struct refusal *refusal, const struct partiql_statement *statement);

#endif
