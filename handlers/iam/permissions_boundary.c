/*
 * permissions_boundary.c -- Put and Delete of the policy that bounds what a role or a user may do.
 */
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "handlers/iam/entity_lookup.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/policy_lookup.h"

static void put(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    if (entity_lookup(call, kind, &entity) && policy_lookup_boundary(call, &entity.boundary) &&
        entity_lookup_update(call, &entity))
        aws_query_answer_nothing(call);
}

static void take_away(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    if (!entity_lookup(call, kind, &entity))
        return;
    entity.boundary = SLICE("");
    if (entity_lookup_update(call, &entity))
        aws_query_answer_nothing(call);
}

void iam_put_role_permissions_boundary(struct call *call)
{
    put(call, IAM_ROLE);
}

void iam_put_user_permissions_boundary(struct call *call)
{
    put(call, IAM_USER);
}

void iam_delete_role_permissions_boundary(struct call *call)
{
    take_away(call, IAM_ROLE);
}

void iam_delete_user_permissions_boundary(struct call *call)
{
    take_away(call, IAM_USER);
}
