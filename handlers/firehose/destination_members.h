/*
 * destination_members.h -- the members AWS's API has in a destination, by its kind.
 *
 * A request may have others: they are ignored, as its warning in the log says. The kinds share the
 * code that reads them, so what one kind lacks must not be seen at all.
 */
#ifndef HANDLERS_FIREHOSE_DESTINATION_MEMBERS_H
#define HANDLERS_FIREHOSE_DESTINATION_MEMBERS_H

#include "emulator/base/slice.h"

struct arena;
struct json;

/*
 * A copy of `given`, which destination_find() found in `input`, without other members; in the
 * arena. `suffix` as there.
 */
NODISCARD enum status destination_members_keep(const struct json *input, const char *suffix,
                                               const struct json *given, struct arena *arena,
                                               const struct json **ret_kept);

#endif
