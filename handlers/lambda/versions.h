/*
 * versions.h -- publishing $LATEST as a numbered version, for PublishVersion, CreateFunction and
 * UpdateFunctionCode.
 */
#ifndef HANDLERS_LAMBDA_VERSIONS_H
#define HANDLERS_LAMBDA_VERSIONS_H

#include "emulator/base/slice.h"

struct call;
struct function_row;

/*
 * Write `latest` as the next version, in the open unit of work; when code and configuration are
 * those of the version published last, that one is the answer and nothing is written. A
 * description with a NULL pointer is $LATEST's.
 */
NODISCARD enum status versions_publish(struct call *call, const struct function_row *latest,
                                       struct slice description, struct function_row *ret_version);

#endif
