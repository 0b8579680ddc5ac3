#include "emulator/lambda/function_version.h"

#include <inttypes.h>
#include <stdio.h>

#include "emulator/lambda/lambda_internal.h"
#include "emulator/loop/random.h"
#include "storage/function_alias_store.h"

#define WEIGHT_STEPS UINT64_C(1000000)

bool function_version_is_number(struct slice qualifier)
{
    uint64_t number = 0;
    return slice_to_u64(qualifier, &number) == STATUS_OK;
}

void function_version_text(const struct function_row *row, char *text)
{
    if (row->version == 0)
        (void)snprintf(text, FUNCTION_VERSION_TEXT_BYTES, "$LATEST");
    else
        (void)snprintf(text, FUNCTION_VERSION_TEXT_BYTES, "%" PRId64, row->version);
}

static enum status find_alias(struct lambda_engine *engine, const struct function_target *target,
                              enum function_version_choice choice, struct arena *arena,
                              struct slice *ret_version)
{
    const struct function_alias_key key = {target->account, target->region, target->name,
                                           target->qualifier};
    struct function_alias_row alias;
    enum status status = function_alias_store_find(engine->options.db, &key, arena, &alias);
    if (status != STATUS_OK)
        return status;
    *ret_version = alias.version;
    if (choice == FUNCTION_VERSION_WEIGHED && alias.other_version.len > 0 &&
        (double)random_below(engine->options.random, WEIGHT_STEPS) <
            alias.weight * (double)WEIGHT_STEPS)
        *ret_version = alias.other_version;
    return STATUS_OK;
}

static enum status find_numbered(struct lambda_engine *engine, const struct function_target *target,
                                 struct slice version, struct arena *arena,
                                 struct function_row *ret_row)
{
    struct function_key key = {target->account, target->region, target->name, 0};
    if (slice_to_i64(version, &key.version) != STATUS_OK || key.version <= 0)
        return STATUS_NOT_FOUND;
    return function_store_find_version(engine->options.db, &key, arena, ret_row);
}

enum status function_version_find(struct lambda_engine *engine,
                                  const struct function_target *target,
                                  enum function_version_choice choice, struct arena *arena,
                                  struct function_row *ret_row)
{
    struct slice version = target->qualifier;
    bool is_latest = version.len == 0 || slice_equal_text(version, "$LATEST");
    if (!is_latest && !function_version_is_number(version)) {
        enum status status = find_alias(engine, target, choice, arena, &version);
        if (status != STATUS_OK)
            return status;
        is_latest = slice_equal_text(version, "$LATEST");
    }
    if (is_latest)
        return lambda_engine_find(engine, target->account, target->region, target->name, arena,
                                  ret_row);
    return find_numbered(engine, target, version, arena, ret_row);
}
