/*
 * session_keys.h -- the keys of sessions: making and telling them. False always means that the call
 * is answered.
 */
#ifndef HANDLERS_STS_SESSION_KEYS_H
#define HANDLERS_STS_SESSION_KEYS_H

#include <stdbool.h>

#include "storage/session_store.h"

struct call;
struct sandbox;
struct text;

/*
 * Give the session an access key, a secret and a token, let it end after that time on the sandbox's
 * clock, and store it. What ended more than a day ago is forgotten with it. STATUS_TOO_LARGE:
 * SESSION_STORE_MAX.
 */
NODISCARD enum status session_keys_open(struct sandbox *sandbox, struct arena *arena,
                                        struct session *session, int64_t duration_s);

/* The same for a call. */
bool session_keys_make(struct call *call, struct session *session, int64_t duration_s);

/* <Credentials>. */
void session_keys_write(struct text *xml, const struct session *session);

/* The caller's own session. `*ret_found` false: the caller has lasting keys. */
bool session_keys_of_caller(struct call *call, struct session *ret_session, bool *ret_found);

/* There are no MFA devices: whoever brings a code of one is refused. */
bool session_keys_check_mfa(struct call *call);

#endif
