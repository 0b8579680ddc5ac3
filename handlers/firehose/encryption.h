/*
 * encryption.h -- server-side encryption of a stream, as states and answers: Hydrant keeps its
 * records as they are.
 */
#ifndef HANDLERS_FIREHOSE_ENCRYPTION_H
#define HANDLERS_FIREHOSE_ENCRYPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/delivery_stream_store.h"

struct json;
struct json_writer;
struct text;

/* DeliveryStreamEncryptionConfigurationInput of a request; NULL when it has none. */
const struct json *encryption_member(const struct json *input);

/*
 * False: `problem` has the message of the InvalidArgumentException. NULL is fine. `region` is the
 * stream's.
 */
bool encryption_check(const struct json *configuration, struct slice region, struct text *problem);

/* Of a stream about to be created: on from the moment it is ACTIVE, or off. */
struct delivery_encryption encryption_of_new(const struct json *input);

/* DeliveryStreamEncryptionConfiguration of a description. */
void encryption_write(struct json_writer *w, const struct delivery_encryption *encryption,
                      int64_t now_ms);

#endif
