/*
 * policy_syntax.h -- the shape of a policy: which elements it may have, and of which JSON types.
 * And walking its statements, and elements that are one string or a list of them.
 */
#ifndef HANDLERS_IAM_POLICY_SYNTAX_H
#define HANDLERS_IAM_POLICY_SYNTAX_H

#include <stdbool.h>

struct json;

/* "Syntax errors in policy." otherwise; the others here need one that has none. */
bool policy_syntax_is_right(const struct json *document);

/* Statement is one object, or a list of them. NULL at the end. */
const struct json *policy_syntax_first_statement(const struct json *document);
const struct json *policy_syntax_next_statement(const struct json *document,
                                                const struct json *statement);

/* The strings of an element: itself, or those of its list. NULL for none, and at the end. */
const struct json *policy_syntax_first(const struct json *element);
const struct json *policy_syntax_next(const struct json *element, const struct json *string);

#endif
