#include "handlers/dynamodb/item_expiry.h"

#include <stdbool.h>

#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/decimal.h"

#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */
#define OLDEST_SECONDS (INT64_C(5) * 365 * 24 * 3600)
#define MAX_EXPONENT 12

/* Without its fraction. False: it is no moment anybody waits for. */
static bool read_seconds(struct slice code, int64_t *ret_seconds)
{
    struct decimal decimal = decimal_decode(code);
    int64_t seconds = 0;
    if (decimal.is_negative || decimal.exponent > MAX_EXPONENT)
        return false;
    for (int i = 0; i <= decimal.exponent; i++)
        seconds = seconds * 10 + ((size_t)i < decimal.count ? decimal.digits[i] : 0);
    *ret_seconds = seconds;
    return true;
}

int64_t item_expiry_of(struct slice document, struct slice attribute, int64_t now_ms)
{
    struct value value;
    int64_t seconds = 0;
    if (!value_member(document, attribute, &value) || value.type != VALUE_N ||
        !read_seconds(value.payload, &seconds))
        return 0;
    bool is_too_old = seconds < now_ms / 1000 - OLDEST_SECONDS;
    return is_too_old || seconds > LAST_SECOND ? 0 : seconds;
}
