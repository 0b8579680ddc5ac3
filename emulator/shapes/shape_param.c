#include "emulator/shapes/shape_param.h"

#include "emulator/shapes/shape_constraint.h"
#include "emulator/shapes/shape_table.h"

bool shape_param_applies(const struct shape_input *input, const struct shape_member *member)
{
    return input->param && (member->location == SHAPE_URI || member->location == SHAPE_QUERY ||
                            member->location == SHAPE_HEADER);
}

bool shape_param_value(const struct shape_input *input, const struct shape_member *member,
                       size_t index, struct slice *ret_value)
{
    return input->param(input->param_owner, (enum shape_location)member->location,
                        slice_of(shape_pool + member->wire), index, ret_value);
}

static enum status test_integer(const struct shape *shape, struct slice text,
                                unsigned *ret_failures)
{
    int64_t number;
    enum status status = slice_to_i64(text, &number);
    if (status)
        return STATUS_INVALID;
    if (shape->type == SHAPE_INTEGER && (number < INT32_MIN || number > INT32_MAX))
        return STATUS_INVALID;
    *ret_failures = shape_test_size(shape, number);
    return STATUS_OK;
}

static enum status test_one(struct shape_cache *cache, const struct shape *shape, struct slice text,
                            unsigned *ret_failures)
{
    *ret_failures = 0;
    if (shape->type == SHAPE_STRING)
        return shape_test_text(cache, shape, text, ret_failures);
    if (shape->type == SHAPE_INTEGER || shape->type == SHAPE_LONG)
        return test_integer(shape, text, ret_failures);
    if (shape->type == SHAPE_BOOLEAN && !slice_equal_nocase(text, SLICE("true")) &&
        !slice_equal_nocase(text, SLICE("false")))
        return STATUS_INVALID;
    return STATUS_OK;
}

static enum status test_list(const struct shape_input *input, const struct shape_member *member,
                             unsigned *ret_failures, unsigned *ret_element_failures)
{
    const struct shape *list = &shape_shapes[member->shape];
    unsigned of_elements = 0;
    size_t count = 0;
    struct slice text;
    for (; shape_param_value(input, member, count, &text); count++) {
        unsigned failures;
        enum status status = test_one(input->cache, &shape_shapes[list->first], text, &failures);
        if (status)
            return status;
        of_elements |= failures;
    }
    *ret_element_failures = of_elements;
    *ret_failures = count == 0 && member->required ? (unsigned)SHAPE_FAILS_NULL
                                                   : shape_test_size(list, (int64_t)count);
    return STATUS_OK;
}

enum status shape_param_test(const struct shape_input *input, const struct shape_member *member,
                             unsigned *ret_failures, unsigned *ret_element_failures)
{
    const struct shape *shape = &shape_shapes[member->shape];
    *ret_element_failures = 0;
    struct slice text;
    bool is_list = shape->type == SHAPE_LIST;
    if (!shape_param_value(input, member, 0, &text)) {
        *ret_failures = member->required ? SHAPE_FAILS_NULL : 0;
        return STATUS_OK;
    }
    if (is_list)
        return test_list(input, member, ret_failures, ret_element_failures);
    return test_one(input->cache, shape, text, ret_failures);
}
