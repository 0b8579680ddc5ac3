#include "handlers/logs/log_target.h"

static enum status cut_name(struct slice rest, const char *type, char separator,
                            struct slice *ret_name)
{
    if (!slice_equal_text(slice_cut(&rest, separator), type) || rest.len == 0)
        return STATUS_INVALID;
    *ret_name = rest;
    return STATUS_OK;
}

static enum status cut_function(struct slice rest, struct log_target *target)
{
    struct slice name;
    enum status status = cut_name(rest, "function", ':', &name);
    if (status != STATUS_OK)
        return status;
    target->name = slice_cut(&name, ':');
    target->qualifier = name;
    return target->name.len > 0 ? STATUS_OK : STATUS_INVALID;
}

static enum status cut_resource(struct slice rest, struct log_target *target)
{
    if (slice_equal_text(target->vendor, "lambda")) {
        target->kind = LOG_TARGET_LAMBDA;
        return cut_function(rest, target);
    }
    if (slice_equal_text(target->vendor, "kinesis")) {
        target->kind = LOG_TARGET_KINESIS;
        return cut_name(rest, "stream", '/', &target->name);
    }
    if (slice_equal_text(target->vendor, "firehose")) {
        target->kind = LOG_TARGET_FIREHOSE;
        return cut_name(rest, "deliverystream", '/', &target->name);
    }
    if (slice_equal_text(target->vendor, "logs")) {
        target->kind = LOG_TARGET_DESTINATION;
        return cut_name(rest, "destination", ':', &target->name);
    }
    return STATUS_UNSUPPORTED;
}

enum status log_target_parse(struct slice arn, struct log_target *ret_target)
{
    struct log_target target = {.kind = LOG_TARGET_LAMBDA};
    struct slice rest = arn;
    if (!slice_equal_text(slice_cut(&rest, ':'), "arn") || slice_cut(&rest, ':').len == 0)
        return STATUS_INVALID;
    target.vendor = slice_cut(&rest, ':');
    target.region = slice_cut(&rest, ':');
    target.account = slice_cut(&rest, ':');
    if (target.vendor.len == 0 || rest.len == 0)
        return STATUS_INVALID;
    enum status status = cut_resource(rest, &target);
    if (status == STATUS_OK || status == STATUS_UNSUPPORTED)
        *ret_target = target;
    return status;
}
