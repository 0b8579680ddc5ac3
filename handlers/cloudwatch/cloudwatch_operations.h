/*
 * cloudwatch_operations.h -- the operations of the table in cloudwatch.c, each in a file of its
 * name.
 */
#ifndef HANDLERS_CLOUDWATCH_CLOUDWATCH_OPERATIONS_H
#define HANDLERS_CLOUDWATCH_CLOUDWATCH_OPERATIONS_H

struct call;

void cloudwatch_get_metric_data(struct call *call);
void cloudwatch_get_metric_statistics(struct call *call);
void cloudwatch_list_metrics(struct call *call);
void cloudwatch_put_metric_data(struct call *call);

#endif
