/*
 * access_keys.c -- CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey. A call made
 * with such a key is its user's (emulator/key_finder.h).
 */
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
#include "handlers/iam/iam_xml.h"
#include "storage/access_key_store.h"

#define KEYS_MAX 2
#define ID_CHARS 16
#define ID_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define SECRET_CHARS 40
#define SECRET_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

static struct slice state_of(const struct access_key *key)
{
    return key->is_active ? SLICE("Active") : SLICE("Inactive");
}

static void write_key(struct text *xml, const struct iam_entity *user, const struct access_key *key)
{
    xml_put(xml, "UserName", user->name);
    xml_put(xml, "AccessKeyId", key->id);
    xml_put(xml, "Status", state_of(key));
    iam_xml_time(xml, "CreateDate", key->created_ms);
}

static bool has_room(struct call *call, const struct iam_entity *user)
{
    int64_t count = 0;
    enum status status = access_key_store_count(call->sandbox->db, user->id, &count);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "counting access keys");
    else if (count >= KEYS_MAX)
        call_fail(call, &iam_error_limit_exceeded, "Cannot exceed quota for AccessKeysPerUser: %d",
                  KEYS_MAX);
    return !call_is_answered(call);
}

static bool make_key(struct call *call, const struct iam_entity *user, struct access_key *ret_key)
{
    char id[ID_CHARS + 1];
    char secret[SECRET_CHARS + 1];
    random_text(&call->sandbox->random, ID_CHARS, ID_LETTERS, id);
    random_text(&call->sandbox->random, SECRET_CHARS, SECRET_LETTERS, secret);
    struct access_key key = {
        .id = slice_of(arena_printf(&call->arena, "AKIA%s", id)),
        .user = user->id,
        .secret = slice_of(arena_printf(&call->arena, "%s", secret)),
        .is_active = true,
        .created_ms = sim_clock_now_ms(&call->sandbox->clock),
    };
    enum status status =
        key.id.ptr != NULL && key.secret.ptr != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = access_key_store_insert(call->sandbox->db, &key);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "making an access key");
    *ret_key = key;
    return status == STATUS_OK;
}

void iam_create_access_key(struct call *call)
{
    struct iam_entity user;
    struct access_key key;
    if (!entity_lookup_user(call, &user) || !has_room(call, &user) || !make_key(call, &user, &key))
        return;
    struct text body = aws_query_result(call);
    xml_open(&body, "AccessKey", NULL);
    write_key(&body, &user, &key);
    xml_put(&body, "SecretAccessKey", key.secret);
    xml_close(&body, "AccessKey");
    aws_query_answer_result(call, &body);
}

void iam_list_access_keys(struct call *call)
{
    struct iam_entity user;
    struct iam_page page;
    if (!entity_lookup_user(call, &user) || !iam_page_read(call, &page))
        return;
    struct access_key key = {.id = page.after};
    struct text body = aws_query_result(call);
    enum status status = STATUS_OK;
    xml_open(&body, "AccessKeyMetadata", NULL);
    while ((status = access_key_store_next(call->sandbox->db, user.id, key.id, &call->arena,
                                           &key)) == STATUS_OK &&
           iam_page_takes(&page)) {
        xml_open(&body, "member", NULL);
        write_key(&body, &user, &key);
        xml_close(&body, "member");
        page.last = key.id;
    }
    xml_close(&body, "AccessKeyMetadata");
    iam_page_write(&page, &body);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "listing access keys");
    else
        aws_query_answer_result(call, &body);
}

/* A key of somebody else is not there. */
static bool find_key(struct call *call, struct access_key *ret_key)
{
    struct iam_entity user;
    struct slice id = json_member_string(call->input, "AccessKeyId");
    if (!entity_lookup_user(call, &user))
        return false;
    enum status status = access_key_store_find(call->sandbox->db, id, &call->arena, ret_key);
    if (status == STATUS_OK && ret_key->user != user.id)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &iam_error_no_such_entity, "The Access Key with id %.*s cannot be found.",
                  SLICE_ARG(id));
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the access key");
    return status == STATUS_OK;
}

static void answer_changed(struct call *call, enum status status)
{
    if (status != STATUS_OK)
        call_fail_internal(call, status, "changing the access key");
    else
        aws_query_answer_nothing(call);
}

void iam_update_access_key(struct call *call)
{
    struct access_key key;
    struct slice wanted = json_member_string(call->input, "Status");
    bool is_active = slice_equal_text(wanted, "Active");
    if (!find_key(call, &key))
        return;
    if (!is_active && !slice_equal_text(wanted, "Inactive"))
        call_fail(call, &iam_error_validation,
                  "Hydrant does not support access keys with the status %.*s.", SLICE_ARG(wanted));
    else
        answer_changed(call, access_key_store_activate(call->sandbox->db, key.id, is_active));
}

void iam_delete_access_key(struct call *call)
{
    struct access_key key;
    if (find_key(call, &key))
        answer_changed(call, access_key_store_delete(call->sandbox->db, key.id));
}
