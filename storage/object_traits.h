/*
 * object_traits.h -- what an object is besides its bytes and metadata: told at its creation or that
 * of its upload, most of it changed later without a new version.
 */
#ifndef STORAGE_OBJECT_TRAITS_H
#define STORAGE_OBJECT_TRAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct query;

struct object_traits {
    struct slice storage_class; /* empty: STANDARD */
    struct slice tags;          /* URL-encoded, a=b&c=d */
    struct slice acl;           /* an AccessControlList element; empty: the owner's */
    struct slice encryption;    /* empty: AES256; else the words of handlers/s3/s3_encryption.h */
    struct slice lock_mode;     /* GOVERNANCE or COMPLIANCE; empty: no retention */
    int64_t lock_until_ms;
    bool has_hold;
};

/* The columns, in the order of the functions below, the same in every table that has them. */
#define OBJECT_TRAIT_COLUMNS \
    "storage_class, tags, acl, encryption, lock_mode, lock_until_ms, has_hold"
#define OBJECT_TRAIT_COUNT 7

void object_traits_bind(struct query *q, const struct object_traits *traits);
struct object_traits object_traits_read(struct query *q, int first_column, struct arena *arena);

/* A version's id: opaque characters that sort in time. Empty: "null". */
#define VERSION_ID_CHARS 32

struct object_version_id {
    char text[VERSION_ID_CHARS + 1];
};

#endif
