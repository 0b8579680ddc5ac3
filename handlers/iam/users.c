/*
 * users.c -- CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser; ListGroupsForUser, of which
 * there are none.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/iam/entity_lookup.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/iam_page.h"
#include "handlers/iam/iam_tags.h"
#include "handlers/iam/iam_xml.h"
#include "storage/access_key_store.h"

static void answer_user(struct call *call, const struct iam_entity *user)
{
    struct text body = aws_query_result(call);
    xml_open(&body, "User", NULL);
    entity_lookup_write(call, &body, user);
    iam_xml_boundary(&body, user->boundary);
    if (user->tags.len > 0)
        iam_tags_write(call, user->tags, NULL, &body);
    xml_close(&body, "User");
    aws_query_answer_result(call, &body);
}

void iam_create_user(struct call *call)
{
    struct iam_entity user;
    if (entity_lookup_new(call, IAM_USER, &user) && entity_lookup_insert(call, &user))
        answer_user(call, &user);
}

void iam_get_user(struct call *call)
{
    struct iam_entity user;
    if (entity_lookup_user(call, &user))
        answer_user(call, &user);
}

void iam_list_users(struct call *call)
{
    struct iam_page page;
    if (!iam_page_read(call, &page))
        return;
    struct slice prefix = json_member_string(call->input, "PathPrefix");
    struct iam_entity user = {
        .account = call->principal->account, .kind = IAM_USER, .name = page.after};
    struct text body = aws_query_result(call);
    enum status status = STATUS_OK;
    xml_open(&body, "Users", NULL);
    while ((status = iam_entity_store_next(call->sandbox->db, &user, &call->arena, &user)) ==
           STATUS_OK) {
        if (!slice_starts_with(user.path, prefix))
            continue;
        if (!iam_page_takes(&page))
            break;
        xml_open(&body, "member", NULL);
        entity_lookup_write(call, &body, &user);
        xml_close(&body, "member");
        page.last = user.name;
    }
    xml_close(&body, "Users");
    iam_page_write(&page, &body);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "listing users");
    else
        aws_query_answer_result(call, &body);
}

void iam_update_user(struct call *call)
{
    struct iam_entity user;
    struct slice name = json_member_string(call->input, "NewUserName");
    struct slice path = json_member_string(call->input, "NewPath");
    if (!entity_lookup(call, IAM_USER, &user))
        return;
    if (name.len > 0)
        user.name = name;
    if (path.len > 0)
        user.path = path;
    if (entity_lookup_update(call, &user))
        aws_query_answer_nothing(call);
}

static bool has_key(struct call *call, const struct iam_entity *user)
{
    int64_t count = 0;
    enum status status = access_key_store_count(call->sandbox->db, user->id, &count);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "counting access keys");
    else if (count > 0)
        call_fail(call, &iam_error_delete_conflict,
                  "Cannot delete entity, must delete access keys first.");
    return call_is_answered(call);
}

void iam_delete_user(struct call *call)
{
    struct iam_entity user;
    if (entity_lookup(call, IAM_USER, &user) && !has_key(call, &user) &&
        entity_lookup_delete(call, &user))
        aws_query_answer_nothing(call);
}

void iam_list_groups_for_user(struct call *call)
{
    struct iam_entity user;
    struct iam_page page;
    if (!entity_lookup(call, IAM_USER, &user) || !iam_page_read(call, &page))
        return;
    struct text body = aws_query_result(call);
    xml_put(&body, "Groups", SLICE(""));
    iam_page_write(&page, &body);
    aws_query_answer_result(call, &body);
}
