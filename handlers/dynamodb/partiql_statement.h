/*
 * partiql_statement.h -- one PartiQL statement, read and checked as far as it goes without its
 * table.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_STATEMENT_H
#define HANDLERS_DYNAMODB_PARTIQL_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"
#include "handlers/dynamodb/document_path.h"
#include "handlers/dynamodb/item_write.h"

struct expression;
struct json;
struct refusal;
struct update_expression;

enum partiql_action {
    PARTIQL_SELECT,
    PARTIQL_INSERT,
    PARTIQL_UPDATE,
    PARTIQL_DELETE,
    PARTIQL_EXISTS, /* a SELECT as a condition, of ExecuteTransaction only */
};

/* One of those selected. */
struct partiql_column {
    struct partiql_column *next;
    struct document_path path;
    struct slice name;  /* it is answered under */
    bool is_superseded; /* another one behind it has the same name */
};

#define PARTIQL_MAX_ORDERS 2

struct partiql_order {
    struct slice name;
    bool is_descending;
};

struct partiql_statement {
    enum partiql_action action;
    struct slice table;
    struct slice index;             /* empty without one */
    struct partiql_column *columns; /* NULL: all */
    struct expression *where;       /* NULL without one */
    struct partiql_order orders[PARTIQL_MAX_ORDERS];
    size_t order_count;
    struct slice item;                /* of INSERT, a document */
    struct update_expression *update; /* of UPDATE */
    enum return_values returning;
};

/* `parameters` is the request's list, or NULL. Everything is in the refusal's arena. */
NODISCARD enum status partiql_statement_parse(struct slice source, const struct json *parameters,
                                              struct refusal *refusal,
                                              struct partiql_statement *ret_statement);

#endif
