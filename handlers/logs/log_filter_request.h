/*
 * log_filter_request.h -- what the operations of metric and subscription filters have in common.
 */
#ifndef HANDLERS_LOGS_LOG_FILTER_REQUEST_H
#define HANDLERS_LOGS_LOG_FILTER_REQUEST_H

#include <stdbool.h>

#include "handlers/logs/filter_pattern.h"
#include "storage/log_filter_store.h"

struct call;
struct json_writer;

/* By the member `filterPattern`. False when the call has been answered. */
bool log_filter_request_pattern(struct call *call, struct filter_pattern *ret_pattern);

/* What no filter here can do is refused, by name. False when the call has been answered. */
bool log_filter_request_check_members(struct call *call);

/*
 * Store what the request says, its pattern compiled, under filterName; `members` of the input are
 * the settings. False when the call has been answered: there are too many.
 */
bool log_filter_request_put(struct call *call, const struct log_group_row *group,
                            enum log_filter_kind kind, const struct filter_pattern *pattern,
                            const char *const *members);

/* Delete by logGroupName and filterName, and answer. `what`: "metric filter". */
void log_filter_request_delete(struct call *call, enum log_filter_kind kind, const char *what);

/* One list of filters and how its entries are chosen and written. */
struct log_filter_list {
    enum log_filter_kind kind;
    const char *name; /* "metricFilters" */
    bool (*is_wanted)(struct call *call, const struct log_filter_row *row);
};

/* A page of them, and the answer. `group` NULL: of all groups. */
void log_filter_request_list(struct call *call, const struct log_group_row *group,
                             const struct log_filter_list *list);

#endif
