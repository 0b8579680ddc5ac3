/*
 * layer_address.h -- which layer, or version of one, a request means.
 */
#ifndef HANDLERS_LAMBDA_LAYER_ADDRESS_H
#define HANDLERS_LAMBDA_LAYER_ADDRESS_H

#include <stdbool.h>

#include "emulator/base/slice.h"
#include "storage/layer_store.h"

struct call;

/*
 * arn:aws:lambda:<region>:<account>:layer:<name>[:<version>]; without a version the key has 0.
 * False: it is no such ARN.
 */
bool layer_address_parse(struct slice arn, struct layer_key *ret_key);

/* The path's LayerName, a name or an ARN, without a version. False: answered. */
bool layer_address_read(struct call *call, struct layer_key *ret_key);

/* And its VersionNumber. */
bool layer_address_read_version(struct call *call, struct layer_key *ret_key);

/* In the call's arena; without a version when the key has 0. */
struct slice layer_address_arn(struct call *call, const struct layer_key *key);

#endif
