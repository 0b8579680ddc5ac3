/*
 * logs_operations.h -- the operations of the table in logs.c, by the file they are in.
 */
#ifndef HANDLERS_LOGS_LOGS_OPERATIONS_H
#define HANDLERS_LOGS_LOGS_OPERATIONS_H

struct call;

/* log_groups.c */
void logs_create_log_group(struct call *call);
void logs_delete_log_group(struct call *call);
void logs_put_retention_policy(struct call *call);
void logs_delete_retention_policy(struct call *call);
void logs_put_log_group_deletion_protection(struct call *call);

/* log_group_list.c */
void logs_describe_log_groups(struct call *call);

/* log_streams.c */
void logs_create_log_stream(struct call *call);
void logs_delete_log_stream(struct call *call);
void logs_describe_log_streams(struct call *call);

/* log_events_put.c, log_events_get.c, log_events_filter.c */
void logs_put_log_events(struct call *call);
void logs_get_log_events(struct call *call);
void logs_filter_log_events(struct call *call);

/* log_tags.c */
void logs_list_tags_for_resource(struct call *call);
void logs_tag_resource(struct call *call);
void logs_untag_resource(struct call *call);
void logs_list_tags_log_group(struct call *call);

#endif
