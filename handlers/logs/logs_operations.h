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
void logs_associate_kms_key(struct call *call);
void logs_disassociate_kms_key(struct call *call);

/* log_group_list.c */
void logs_describe_log_groups(struct call *call);
void logs_list_log_groups(struct call *call);

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
void logs_tag_log_group(struct call *call);
void logs_untag_log_group(struct call *call);

/* metric_filters.c */
void logs_put_metric_filter(struct call *call);
void logs_describe_metric_filters(struct call *call);
void logs_delete_metric_filter(struct call *call);
void logs_test_metric_filter(struct call *call);

/* subscription_filters.c */
void logs_put_subscription_filter(struct call *call);
void logs_describe_subscription_filters(struct call *call);
void logs_delete_subscription_filter(struct call *call);

/* log_destinations.c */
void logs_put_destination(struct call *call);
void logs_put_destination_policy(struct call *call);
void logs_describe_destinations(struct call *call);
void logs_delete_destination(struct call *call);

/* resource_policies.c */
void logs_put_resource_policy(struct call *call);
void logs_describe_resource_policies(struct call *call);
void logs_delete_resource_policy(struct call *call);

/* query_definitions.c */
void logs_put_query_definition(struct call *call);
void logs_describe_query_definitions(struct call *call);
void logs_delete_query_definition(struct call *call);

#endif
