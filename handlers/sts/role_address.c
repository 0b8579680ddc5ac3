#include "handlers/sts/role_address.h"

#include <stddef.h>

bool role_address_is_arn(struct slice arn)
{
    struct slice rest = arn;
    bool is_arn = slice_equal_text(slice_cut(&rest, ':'), "arn");
    struct slice partition = slice_cut(&rest, ':');
    struct slice service = slice_cut(&rest, ':');
    (void)slice_cut(&rest, ':'); /* region and account may be empty */
    (void)slice_cut(&rest, ':');
    return is_arn && partition.len > 0 && service.len > 0 && rest.len > 0;
}

bool role_address_parse(struct slice arn, struct role_address *ret_address)
{
    static const struct slice start = SLICE_INIT("arn:aws:iam::");
    static const struct slice type = SLICE_INIT("role/");
    if (!slice_starts_with(arn, start))
        return false;
    struct slice rest = slice_from(arn, start.len);
    struct slice account = slice_cut(&rest, ':');
    if (!slice_starts_with(rest, type))
        return false;
    rest = slice_from(rest, type.len - 1);
    size_t name = rest.len;
    while (rest.ptr[name - 1] != '/')
        name--;
    *ret_address = (struct role_address){account, slice_first(rest, name), slice_from(rest, name)};
    return account.len > 0 && ret_address->name.len > 0;
}
