/*
 * partiql_select.h -- running a SELECT: a Query when WHERE has the partition key of the table or
 * index, else a Scan, a page at a time. Items go straight into the answer, slice after slice as in
 * item_page.h.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_SELECT_H
#define HANDLERS_DYNAMODB_PARTIQL_SELECT_H

#include "emulator/base/status.h"

struct partiql_statement;
struct work;

/* Answers ExecuteStatement, at once or later. `statement` must live as long as the call. */
NODISCARD enum status partiql_select_run(struct work *work,
                                         const struct partiql_statement *statement);

#endif
