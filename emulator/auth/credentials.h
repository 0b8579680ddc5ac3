/*
 * credentials.h -- reading who calls from a request: the Authorization header of SigV4, or a
 * presigned query. The signature itself is not checked here.
 *
 *     Authorization: AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request,
 *                    SignedHeaders=..., Signature=...
 *
 * The account comes from the access key: 12 digits name it, a key made by IAM or STS belongs to
 * its owner, any other one to the root of the default account.
 */
#ifndef EMULATOR_AUTH_CREDENTIALS_H
#define EMULATOR_AUTH_CREDENTIALS_H

#include "emulator/auth/key_port.h"
#include "emulator/auth/principal.h"
#include "emulator/base/slice.h"

struct arena;
struct http_request;

struct credentials_defaults {
    struct slice account;
    struct slice region;
};

struct credentials {
    struct principal principal;
    struct slice service;     /* of the scope; empty when anonymous */
    enum key_state key_state; /* other than KEY_VALID: the principal means nothing */
};

/*
 * STATUS_NOT_FOUND: none were given; `*ret` then holds an anonymous principal. STATUS_INVALID: they
 * are broken, `*ret_problem` says how in AWS's words. STATUS_NO_MEMORY, or a failure of `keys`,
 * which may be NULL.
 */
NODISCARD enum status credentials_read(const struct http_request *request, struct arena *arena,
                                       const struct credentials_defaults *defaults,
                                       const struct key_port *keys, struct credentials *ret,
                                       struct slice *ret_problem);

/* The principal of an internal call: the role `arn` (or the account's root when empty). */
NODISCARD enum status credentials_internal(struct arena *arena, struct slice account,
                                           struct slice region, struct slice role_arn,
                                           struct principal *ret_principal);

#endif
