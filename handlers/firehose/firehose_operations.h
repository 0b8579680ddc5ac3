/*
 * firehose_operations.h -- the operations, for the table in firehose.c. Each answers its call.
 */
#ifndef HANDLERS_FIREHOSE_FIREHOSE_OPERATIONS_H
#define HANDLERS_FIREHOSE_FIREHOSE_OPERATIONS_H

struct call;

/* delivery_streams.c */
void firehose_create_delivery_stream(struct call *call);
void firehose_delete_delivery_stream(struct call *call);
void firehose_list_delivery_streams(struct call *call);

/* delivery_stream_description.c */
void firehose_describe_delivery_stream(struct call *call);

/* destinations.c */
void firehose_update_destination(struct call *call);

/* encryption.c */
void firehose_start_delivery_stream_encryption(struct call *call);
void firehose_stop_delivery_stream_encryption(struct call *call);

/* put_records.c */
void firehose_put_record(struct call *call);
void firehose_put_record_batch(struct call *call);

/* delivery_stream_tags.c */
void firehose_list_tags_for_delivery_stream(struct call *call);
void firehose_tag_delivery_stream(struct call *call);
void firehose_untag_delivery_stream(struct call *call);

#endif
