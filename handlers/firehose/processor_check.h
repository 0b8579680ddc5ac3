/*
 * processor_check.h -- what ProcessingConfiguration may hold, beyond what the model states.
 */
#ifndef HANDLERS_FIREHOSE_PROCESSOR_CHECK_H
#define HANDLERS_FIREHOSE_PROCESSOR_CHECK_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct json;
struct query_verdict;
struct text;

/*
 * False: `problem` has the message of the InvalidArgumentException. NULL is fine. `verdict` is of
 * the query the call brings, NULL: it brings none; another one was checked when it came.
 */
bool processor_check(const struct json *processing, const struct query_verdict *verdict,
                     struct text *problem);

/* One of that type is configured. */
bool processor_is_there(const struct json *processing, const char *type);

/* The value of a processor's parameter; NULL pointer when it is not there. */
struct slice processor_parameter(const struct json *processor, const char *name);

#endif
