/*
 * entity_lookup.h -- roles, users and instance profiles as requests name them: finding, making and
 * storing one, and what is said when that does not work. False always means that the call is
 * answered.
 */
#ifndef HANDLERS_IAM_ENTITY_LOOKUP_H
#define HANDLERS_IAM_ENTITY_LOOKUP_H

#include <stdbool.h>

#include "storage/iam_entity_store.h"

struct arena;
struct call;
struct text;

/* By RoleName, UserName or InstanceProfileName in the request. */
bool entity_lookup(struct call *call, enum iam_kind kind, struct iam_entity *ret_entity);

/* By UserName, or the user whose key the caller has. */
bool entity_lookup_user(struct call *call, struct iam_entity *ret_user);

/*
 * A new one of this kind with the request's name, Path, PermissionsBoundary and Tags and an id of
 * its own, its name free, its quota kept; not stored yet.
 */
bool entity_lookup_new(struct call *call, enum iam_kind kind, struct iam_entity *ret_entity);

bool entity_lookup_insert(struct call *call, struct iam_entity *entity);
bool entity_lookup_update(struct call *call, const struct iam_entity *entity);

/* Nothing attached, no inline policy; then it goes. */
bool entity_lookup_delete(struct call *call, const struct iam_entity *entity);

/* arn:aws:iam::<account>:role/..., in the arena; empty without memory. */
struct slice entity_lookup_arn(struct arena *arena, const struct iam_entity *entity);

/* Path, name, id, ARN and date, as all three kinds have them. */
void entity_lookup_write(struct call *call, struct text *xml, const struct iam_entity *entity);

/* A role's, without what only GetRole tells. */
void entity_lookup_write_role(struct call *call, struct text *xml, const struct iam_entity *role);

/* With STATUS_NOT_FOUND the entity is told to be missing, in its kind's words. */
bool entity_lookup_fail(struct call *call, enum iam_kind kind, struct slice name,
                        enum status status);

#endif
