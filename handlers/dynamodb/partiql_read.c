#include "handlers/dynamodb/partiql_read.h"

#include "handlers/dynamodb/key_codec.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/partiql_plan.h"
#include "handlers/dynamodb/partiql_statement.h"

enum status partiql_read_prepare(struct item_write *write,
                                 const struct partiql_statement *statement, const char *operation)
{
    struct partiql_key key;
    struct work *work = write->work;
    enum status status = partiql_plan_key(write->table, statement->where, work->arena, &key);
    if (status != STATUS_OK)
        return status;
    if (key.missing > 0 || key.others > 0 || statement->index.len > 0)
        return refuse(&work->refusal,
                      "Select statements within %s must specify the primary key in the where "
                      "clause.",
                      operation);
    return key_codec_of_item(write->table, key.document, &work->refusal, &write->key);
}
