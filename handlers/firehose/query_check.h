/*
 * query_check.h -- compiling the MetadataExtractionQuery a call brings, before its other checks: a
 * program may take long to compile, or end its process, so that happens elsewhere
 * (emulator/delivery/delivery_query.h), and the call waits.
 *
 *     query_check_run -> (no query) -> then
 *                     -> (query) ---> compiled elsewhere ---> then, in a unit of its own
 *
 * Loop thread.
 */
#ifndef HANDLERS_FIREHOSE_QUERY_CHECK_H
#define HANDLERS_FIREHOSE_QUERY_CHECK_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;

/* What came of it: the call's, until it is answered. */
struct query_verdict {
    struct slice program;
    bool is_good;
    struct slice why; /* not */
};

/* `suffix`: see destination_find(). `then` goes on with the call, perhaps later, unless it was
 * answered. */
void query_check_run(struct call *call, const char *suffix, void (*then)(struct call *call));

/* NULL: the call brings no query. */
const struct query_verdict *query_check_verdict(const struct call *call);

#endif
