/*
 * log_lookup.h -- the group or stream a request means.
 *
 * Every logs_require_...() either fills in the row (in the call's arena) and says true, or has
 * answered the call with the error and says false.
 */
#ifndef HANDLERS_LOGS_LOG_LOOKUP_H
#define HANDLERS_LOGS_LOG_LOOKUP_H

#include <stdbool.h>

#include "emulator/base/slice.h"
#include "storage/log_store.h"

struct call;
struct json_writer;

/*
 * Names have a maximum that AWS words in its own way, so the model's is not checked with the rest
 * of the input. False when the call has been answered with that.
 */
bool logs_check_name(struct call *call, struct slice name);

/* The caller's groups: its account and region. */
struct log_owner log_lookup_owner(const struct call *call);

/* By the member `logGroupName`. */
bool logs_require_group(struct call *call, struct log_group_row *ret_row);

/* By `logGroupName` or `logGroupIdentifier` (a name or an ARN); exactly one must be there. */
bool logs_require_group_or_identifier(struct call *call, struct log_group_row *ret_row);

/* By a name or an ARN. */
bool logs_require_identified_group(struct call *call, struct slice identifier,
                                   struct log_group_row *ret_row);

/* By name, in a group. */
bool logs_require_stream(struct call *call, const struct log_group_row *group, struct slice name,
                         struct log_stream_row *ret_row);

/*
 * The name in a group's ARN of this account and region, with or without ":*" behind it.
 * STATUS_INVALID: no ARN; STATUS_NOT_FOUND: somebody else's, or not a log group's.
 */
NODISCARD enum status log_lookup_arn_name(const struct log_owner *owner, struct slice arn,
                                          struct slice *ret_name);

/* "arn:aws:logs:<region>:<account>:log-group:<name><tail>"; NULL when out of memory. */
const char *log_lookup_arn(struct call *call, struct slice group, const char *tail,
                           struct slice stream);

/* Events older than the group's retention are not read, whether they are still there or not. */
void log_lookup_leave_out_expired(const struct call *call, const struct log_group_row *group,
                                  struct log_events_range *range);

/* Answer an AWS error for `status` of a store: 5xx. */
void logs_fail_storage(struct call *call, enum status status);

/* 200 with nothing, or the storage's failure. */
void logs_answer_done(struct call *call, enum status status);

#endif
