#include "emulator/delivery/prefix_expression.h"

static const struct slice opening = SLICE_INIT("!{");

static enum status classify(struct slice inside, struct expression *ret_expression)
{
    struct slice value = inside;
    struct slice space = slice_cut(&value, ':');
    struct expression expression = {.value = value};
    if (slice_equal_text(space, "timestamp"))
        expression.kind = EXPRESSION_TIMESTAMP;
    else if (slice_equal_text(inside, "firehose:random-string"))
        expression.kind = EXPRESSION_RANDOM_STRING;
    else if (slice_equal_text(inside, "firehose:error-output-type"))
        expression.kind = EXPRESSION_ERROR_TYPE;
    else if (slice_equal_text(space, "partitionKeyFromQuery"))
        expression.kind = EXPRESSION_QUERY_KEY;
    else if (slice_equal_text(space, "partitionKeyFromLambda"))
        expression.kind = EXPRESSION_LAMBDA_KEY;
    else
        return STATUS_INVALID;
    if (value.len == 0)
        return STATUS_INVALID;
    *ret_expression = expression;
    return STATUS_OK;
}

enum status prefix_expression_next(struct slice *rest, struct expression *ret_expression)
{
    if (rest->len == 0)
        return STATUS_END;
    size_t at = slice_search(*rest, opening);
    if (at > 0) {
        *ret_expression = (struct expression){EXPRESSION_TEXT, slice_first(*rest, at)};
        *rest = slice_from(*rest, at);
        return STATUS_OK;
    }
    struct slice inside = slice_from(*rest, opening.len);
    size_t end = slice_find(inside, '}');
    if (end == inside.len)
        return STATUS_INVALID;
    *rest = slice_from(inside, end + 1);
    return classify(slice_first(inside, end), ret_expression);
}
