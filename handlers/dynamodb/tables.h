/*
 * tables.h -- the operations on tables and what hangs on them, one file per resource.
 */
#ifndef HANDLERS_DYNAMODB_TABLES_H
#define HANDLERS_DYNAMODB_TABLES_H

struct call;

void dynamodb_create_table(struct call *call);
void dynamodb_describe_table(struct call *call);
void dynamodb_delete_table(struct call *call);
void dynamodb_list_tables(struct call *call);

void dynamodb_tag_resource(struct call *call);
void dynamodb_untag_resource(struct call *call);
void dynamodb_list_tags_of_resource(struct call *call);

void dynamodb_describe_time_to_live(struct call *call);
void dynamodb_describe_continuous_backups(struct call *call);
void dynamodb_describe_limits(struct call *call);
void dynamodb_describe_endpoints(struct call *call);

#endif
