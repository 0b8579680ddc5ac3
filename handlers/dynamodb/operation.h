/*
 * operation.h -- what every DynamoDB operation has in common: its context, and the one place where
 * a refusal or a fault becomes an answer.
 *
 *     static enum status get_item(struct work *work) { ... aws_json_answer(...); }
 *     void dynamodb_get_item(struct call *call) { operation_run(call, get_item); }
 *
 * An operation that returns STATUS_OK has answered, or will in a later turn, which ends with
 * operation_end(). One that returns STATUS_INVALID has filled in work->refusal; any other status
 * becomes InternalServerError.
 */
#ifndef HANDLERS_DYNAMODB_OPERATION_H
#define HANDLERS_DYNAMODB_OPERATION_H

#include "handlers/dynamodb/refusal.h"
#include "storage/table_store.h"

struct arena;
struct call;
struct db;
struct json;

/* In the call's arena. */
struct work {
    struct call *call;
    struct arena *arena; /* the call's */
    struct db *db;
    const struct json *input;
    struct table_scope scope;
    struct refusal refusal;
};

typedef enum status operation_fn(struct work *work);

void operation_run(struct call *call, operation_fn *run);

/* Answer unless `status` is STATUS_OK. */
void operation_end(struct work *work, enum status status);

int64_t operation_now_ms(const struct work *work);

/*
 * The table that `name` (a name or an ARN) means. With `is_control` an unknown one is refused as
 * the table operations do it ("...: Table: NAME not found"), else as the item operations do.
 */
NODISCARD enum status operation_find_table(struct work *work, struct slice name, bool is_control,
                                           const struct table **ret_table);

/* The table of input.TableName. */
NODISCARD enum status operation_table(struct work *work, const struct table **ret_table);

/* The name in a table's ARN (which must be of this account and region), or `name` as it is. */
NODISCARD enum status operation_table_name(struct work *work, struct slice name,
                                           struct slice *ret_name);

#endif
