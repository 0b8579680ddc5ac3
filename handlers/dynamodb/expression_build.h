/*
 * expression_build.h -- trees of expressions made by hand: what legacy parameters say is asked and
 * done by the same code as what expressions say. NULL operands give NULL, as does lack of memory,
 * so that only the whole is checked.
 */
#ifndef HANDLERS_DYNAMODB_EXPRESSION_BUILD_H
#define HANDLERS_DYNAMODB_EXPRESSION_BUILD_H

#include "handlers/dynamodb/expression.h"

struct arena;

/* A path of one name, which stays borrowed. */
struct expression *expression_build_path(struct arena *arena, struct slice name);
struct expression *expression_build_value(struct arena *arena, const struct value *value);

/* `a comparator b` */
struct expression *expression_build_compare(struct arena *arena, enum token_kind comparator,
                                            struct expression *a, struct expression *b);

/* NOT, AND, OR, BETWEEN or IN of operands that are chained by `next`. */
struct expression *expression_build_node(struct arena *arena, enum expression_kind kind,
                                         struct expression *first);

/* A function; `first` as above. */
struct expression *expression_build_function(struct arena *arena, enum expression_function function,
                                             struct expression *first);

/* `first` with `second` behind it; NULL when one of them is. */
struct expression *expression_build_chain(struct expression *first, struct expression *second);

#endif
