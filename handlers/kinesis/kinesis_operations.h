/*
 * kinesis_operations.h -- the operations of the table in kinesis.c, by the file they are in. Each
 * answers its call.
 */
#ifndef HANDLERS_KINESIS_KINESIS_OPERATIONS_H
#define HANDLERS_KINESIS_KINESIS_OPERATIONS_H

struct call;

/* kinesis_streams.c */
void kinesis_create_stream(struct call *call);
void kinesis_delete_stream(struct call *call);
void kinesis_list_streams(struct call *call);

/* kinesis_description.c */
void kinesis_describe_stream(struct call *call);
void kinesis_describe_stream_summary(struct call *call);
void kinesis_describe_limits(struct call *call);

/* kinesis_shards.c */
void kinesis_list_shards(struct call *call);

/* kinesis_put_records.c */
void kinesis_put_record(struct call *call);
void kinesis_put_records(struct call *call);

/* kinesis_iterators.c, kinesis_get_records.c */
void kinesis_get_shard_iterator(struct call *call);
void kinesis_get_records(struct call *call);

/* kinesis_retention.c */
void kinesis_increase_stream_retention_period(struct call *call);
void kinesis_decrease_stream_retention_period(struct call *call);

/* kinesis_tags.c */
void kinesis_add_tags_to_stream(struct call *call);
void kinesis_remove_tags_from_stream(struct call *call);
void kinesis_list_tags_for_stream(struct call *call);
void kinesis_tag_resource(struct call *call);
void kinesis_untag_resource(struct call *call);
void kinesis_list_tags_for_resource(struct call *call);

#endif
