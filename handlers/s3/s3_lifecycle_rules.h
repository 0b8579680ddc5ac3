/*
 * s3_lifecycle_rules.h -- a bucket's lifecycle as rules, and what they say of one version. Pure:
 * the time is an argument.
 *
 * Days count from the moment a version was made (or stopped being the latest) and end at the next
 * midnight UTC, as on AWS.
 */
#ifndef HANDLERS_S3_S3_LIFECYCLE_RULES_H
#define HANDLERS_S3_S3_LIFECYCLE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

#define LIFECYCLE_DAY_MS (INT64_C(24) * 60 * 60 * 1000)

struct arena;
struct xml_element;

struct lifecycle {
    const struct xml_element *root; /* the stored configuration; borrowed from the arena */
    bool has_own_minimum;           /* varies_by_storage_class */
};

/* STATUS_INVALID, STATUS_NO_MEMORY. */
NODISCARD enum status lifecycle_parse(struct slice text, struct slice minimum, struct arena *arena,
                                      struct lifecycle *ret_lifecycle);

/* A version, as far as rules look at it. */
struct lifecycle_version {
    struct slice key;
    uint64_t size;
    struct slice tags; /* as stored */
    struct slice storage_class;
    int64_t modified_ms;
    bool is_marker;
    bool is_only;          /* of its key */
    int64_t past_since_ms; /* 0: it is the latest */
    size_t newer_past;     /* how many that are not the latest came after it */
};

enum lifecycle_action { LIFECYCLE_KEEP, LIFECYCLE_EXPIRE, LIFECYCLE_REMOVE, LIFECYCLE_MOVE };

struct lifecycle_verdict {
    enum lifecycle_action action; /* the latest expires, an earlier one or a marker is removed */
    struct slice storage_class;   /* MOVE: to this one */
};

struct lifecycle_verdict lifecycle_judge(const struct lifecycle *lifecycle,
                                         const struct lifecycle_version *version, int64_t now_ms);

/* When the version expires as the latest, and by which rule. False: never. */
bool lifecycle_expiry(const struct lifecycle *lifecycle, const struct lifecycle_version *version,
                      int64_t *ret_expiry_ms, struct slice *ret_rule_id);

/* Is an upload of this key, begun then, to be aborted? */
bool lifecycle_aborts(const struct lifecycle *lifecycle, struct slice key, int64_t initiated_ms,
                      int64_t now_ms);

#endif
