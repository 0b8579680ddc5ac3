/*
 * table_description.h -- a table as the table operations answer it.
 */
#ifndef HANDLERS_DYNAMODB_TABLE_DESCRIPTION_H
#define HANDLERS_DYNAMODB_TABLE_DESCRIPTION_H

struct json_writer;
struct table;
struct table_counts;

/* Which operation answers decides what is shown, and the status. */
enum table_view {
    TABLE_VIEW_CREATED,   /* CREATING */
    TABLE_VIEW_DESCRIBED, /* ACTIVE, with WarmThroughput */
    TABLE_VIEW_DELETED,   /* DELETING, without keys and creation time */
};

void table_description_write(struct json_writer *w, const struct table *table,
                             const struct table_counts *counts, enum table_view view);

#endif
