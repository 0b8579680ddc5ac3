/*
 * prefix_expression.h -- what a prefix is made of: texts and expressions `!{namespace:value}`.
 * Which there are: key_name.h.
 */
#ifndef EMULATOR_DELIVERY_PREFIX_EXPRESSION_H
#define EMULATOR_DELIVERY_PREFIX_EXPRESSION_H

#include "emulator/base/slice.h"

#define RANDOM_STRING_CHARS 11 /* letters and digits */

enum expression_kind {
    EXPRESSION_TEXT, /* what stands between expressions */
    EXPRESSION_TIMESTAMP,
    EXPRESSION_RANDOM_STRING,
    EXPRESSION_ERROR_TYPE,
    EXPRESSION_QUERY_KEY,
    EXPRESSION_LAMBDA_KEY
};

struct expression {
    enum expression_kind kind;
    struct slice value; /* the text, or the pattern */
};

/* Cut the next text or expression off; STATUS_END behind the last, STATUS_INVALID when it is none.
 */
NODISCARD enum status prefix_expression_next(struct slice *rest, struct expression *ret_expression);

#endif
