/*
 * session_store.h -- STS's credentials, which end by themselves. Writes need an open unit of work
 * (db.h).
 */
#ifndef STORAGE_SESSION_STORE_H
#define STORAGE_SESSION_STORE_H

#include <stdint.h>

#include "emulator/base/slice.h"

/* A sandbox keeps no more of them. */
#define SESSION_STORE_MAX 20000

struct arena;
struct db;

struct session {
    struct slice access_key; /* ASIA... */
    struct slice account;
    struct slice arn;     /* arn:aws:sts::A:assumed-role/R/S, or whose session it is */
    struct slice user_id; /* as GetCallerIdentity tells it */
    struct slice secret;
    struct slice token;
    int64_t expires_ms;
    struct slice policy;      /* the session policy, empty for none */
    struct slice policy_arns; /* JSON array, empty for none */
    struct slice tags;        /* JSON array of Key, Value and IsTransitive, empty for none */
    struct slice source_identity;
};

/* STATUS_EXISTS: there is a key of that id. STATUS_TOO_LARGE: SESSION_STORE_MAX. */
NODISCARD enum status session_store_insert(struct db *db, const struct session *session);

/* STATUS_NOT_FOUND. */
NODISCARD enum status session_store_find(struct db *db, struct slice access_key,
                                         struct arena *arena, struct session *ret_session);

/* Forget those that ended before then. */
NODISCARD enum status session_store_sweep(struct db *db, int64_t before_ms);

#endif
