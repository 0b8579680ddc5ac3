#include "handlers/logs/log_destination.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "storage/log_document_store.h"

static enum status look_up(struct db *db, const struct log_target *destination, struct arena *arena,
                           struct log_target *ret_target)
{
    const struct log_owner owner = {destination->account, destination->region};
    struct log_document document;
    const struct json *body = NULL;
    enum status status =
        log_document_find(db, &owner, LOG_DESTINATION_KIND, destination->name, arena, &document);
    if (status == STATUS_OK)
        status = json_parse(document.body, arena, &body);
    if (status != STATUS_OK)
        return status;
    return log_target_parse(json_member_string(body, "targetArn"), ret_target);
}

enum status log_destination_resolve(struct db *db, struct slice arn, struct arena *arena,
                                    struct log_target *ret_target)
{
    struct log_target target;
    enum status status = log_target_parse(arn, &target);
    if (status == STATUS_OK && target.kind == LOG_TARGET_DESTINATION)
        status = look_up(db, &target, arena, &target);
    if (status == STATUS_INVALID || status == STATUS_UNSUPPORTED)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_target = target;
    return status;
}
