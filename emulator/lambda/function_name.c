#include "emulator/lambda/function_name.h"

/* "name" or "name:qualifier". */
static enum status parse_tail(struct slice text, struct function_name *name)
{
    name->name = slice_cut(&text, ':');
    name->qualifier = text;
    bool has_more = slice_find(text, ':') != text.len;
    bool has_empty = name->name.len == 0 || (text.ptr != NULL && text.len == 0);
    return has_more || has_empty ? STATUS_INVALID : STATUS_OK;
}

/* arn:aws:lambda:<region>:<account>:function:<tail> */
static enum status parse_arn(struct slice text, struct function_name *name)
{
    (void)slice_cut(&text, ':');
    struct slice partition = slice_cut(&text, ':');
    struct slice service = slice_cut(&text, ':');
    name->region = slice_cut(&text, ':');
    name->account = slice_cut(&text, ':');
    struct slice kind = slice_cut(&text, ':');
    if (!slice_starts_with(partition, SLICE("aws")) || !slice_equal_text(service, "lambda") ||
        !slice_equal_text(kind, "function") || name->region.len == 0 || name->account.len == 0)
        return STATUS_INVALID;
    return parse_tail(text, name);
}

static bool is_account(struct slice text)
{
    if (text.len != 12)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    }
    return true;
}

enum status function_name_parse(struct slice text, struct function_name *ret_name)
{
    struct function_name name = {0};
    enum status status = STATUS_OK;
    if (slice_starts_with(text, SLICE("arn:"))) {
        status = parse_arn(text, &name);
    } else {
        struct slice rest = text;
        struct slice first = slice_cut(&rest, ':');
        if (is_account(first) && slice_starts_with(rest, SLICE("function:"))) {
            name.account = first;
            text = rest;
        }
        if (slice_starts_with(text, SLICE("function:")))
            text = slice_from(text, sizeof("function:") - 1);
        status = parse_tail(text, &name);
    }
    if (status == STATUS_OK)
        *ret_name = name;
    return status;
}
