/*
 * items.h -- the operations on items, one file each.
 */
#ifndef HANDLERS_DYNAMODB_ITEMS_H
#define HANDLERS_DYNAMODB_ITEMS_H

struct call;

void dynamodb_put_item(struct call *call);
void dynamodb_get_item(struct call *call);
void dynamodb_delete_item(struct call *call);
void dynamodb_update_item(struct call *call);
void dynamodb_query(struct call *call);
void dynamodb_scan(struct call *call);
void dynamodb_batch_get_item(struct call *call);
void dynamodb_batch_write_item(struct call *call);
void dynamodb_execute_statement(struct call *call);
void dynamodb_batch_execute_statement(struct call *call);
void dynamodb_execute_transaction(struct call *call);
void dynamodb_transact_get_items(struct call *call);
void dynamodb_transact_write_items(struct call *call);

#endif
