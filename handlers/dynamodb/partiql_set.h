/*
 * partiql_set.h -- the SET and REMOVE clauses of PartiQL, as an update expression.
 *
 *     clauses := ( SET path = sum, ... | REMOVE path, ... )+
 *     sum     := operand | operand + operand | operand - operand | set_add(path, set)
 *              | set_delete(path, set) | list_append(sum, sum) | if_not_exists(path, sum) | ( sum )
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_SET_H
#define HANDLERS_DYNAMODB_PARTIQL_SET_H

struct partiql_parser;
struct update_expression;

/* What is wrong is in the parser's status. */
void partiql_set_parse(struct partiql_parser *p, struct update_expression **ret_update);

#endif
