/*
 * session_tags.h -- the tags of a session of a role: the request's, and those that the caller's own
 * session passes on.
 */
#ifndef HANDLERS_STS_SESSION_TAGS_H
#define HANDLERS_STS_SESSION_TAGS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;

/*
 * `inherited` is what the caller's session has, empty for none. A JSON array of Key, Value and
 * IsTransitive, empty for none. False: the call is answered.
 */
bool session_tags_read(struct call *call, struct slice inherited, struct slice *ret_tags);

#endif
