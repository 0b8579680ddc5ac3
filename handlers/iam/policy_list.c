/*
 * policy_list.c -- ListPolicies: AWS's by ARN, then the account's own by name.
 *
 * A marker is the kind of the last one told, 'a' or 'l' for AWS's and local ones, and where it
 * stands: its number, or its name.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/iam_page.h"
#include "handlers/iam/managed_policy.h"
#include "handlers/iam/policy_lookup.h"
#include "storage/iam_grant_store.h"

struct listing {
    struct call *call;
    struct iam_page page;
    struct text body;
    struct slice prefix;
    struct slice usage; /* PolicyUsageFilter, or empty */
    bool is_attached;   /* only those that are */
};

/* False: not one of those asked for. */
static enum status is_wanted(const struct listing *l, const struct policy_found *policy,
                             bool *ret_wanted)
{
    struct iam_policy_use use = {0, 0};
    struct call *call = l->call;
    *ret_wanted = slice_starts_with(policy->row.path, l->prefix);
    if (!*ret_wanted || (!l->is_attached && l->usage.len == 0))
        return STATUS_OK;
    enum status status =
        iam_grant_store_use(call->sandbox->db, call->principal->account, policy->arn, &use);
    if (slice_equal_text(l->usage, "PermissionsBoundary"))
        *ret_wanted = use.boundaries > 0;
    else
        *ret_wanted = use.attachments > 0 || (l->usage.len == 0 && use.boundaries > 0);
    return status;
}

/* STATUS_TOO_LARGE: the page is full. */
static enum status tell(struct listing *l, const struct policy_found *policy)
{
    bool wanted = false;
    enum status status = is_wanted(l, policy, &wanted);
    if (status != STATUS_OK || !wanted)
        return status;
    if (!iam_page_takes(&l->page))
        return STATUS_TOO_LARGE;
    xml_open(&l->body, "member", NULL);
    if (!policy_lookup_write(l->call, &l->body, policy))
        return STATUS_BUSY; /* answered */
    xml_close(&l->body, "member");
    l->page.last = slice_of(
        policy->is_aws ? arena_printf(&l->call->arena, "a%.*s", SLICE_ARG(policy->arn))
                       : arena_printf(&l->call->arena, "l%.*s", SLICE_ARG(policy->row.name)));
    return STATUS_OK;
}

static struct slice after_of(const struct listing *l, char kind)
{
    struct slice after = l->page.after;
    return after.len > 0 && after.ptr[0] == kind ? slice_from(after, 1) : SLICE("");
}

static enum status list_aws(struct listing *l)
{
    struct slice after = after_of(l, 'a');
    const struct managed_policy *policy = NULL;
    enum status status = STATUS_OK;
    for (size_t i = 0; (policy = managed_policy_at(i)) != NULL && status == STATUS_OK; i++) {
        struct policy_found found;
        struct slice arn = slice_of(arena_printf(&l->call->arena, "arn:aws:iam::aws:policy%s%s",
                                                 policy->path, policy->name));
        if (slice_compare(arn, after) <= 0)
            continue;
        status = policy_lookup_find(l->call, arn, &found);
        if (status == STATUS_OK)
            status = tell(l, &found);
    }
    return status;
}

static enum status list_local(struct listing *l)
{
    struct policy_found found = {
        .row = {.account = l->call->principal->account, .name = after_of(l, 'l')}};
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        status =
            iam_policy_store_next(l->call->sandbox->db, &found.row, &l->call->arena, &found.row);
        found.arn = policy_lookup_arn(l->call, &found.row);
        if (status == STATUS_OK)
            status = tell(l, &found);
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

void iam_list_policies(struct call *call)
{
    struct slice scope = json_member_string(call->input, "Scope");
    struct listing l = {
        .call = call,
        .prefix = json_member_string(call->input, "PathPrefix"),
        .usage = json_member_string(call->input, "PolicyUsageFilter"),
        .is_attached = json_member_bool(call->input, "OnlyAttached", false),
    };
    if (!iam_page_read(call, &l.page))
        return;
    enum status status = STATUS_OK;
    l.body = aws_query_result(call);
    xml_open(&l.body, "Policies", NULL);
    if (!slice_equal_text(scope, "Local") && after_of(&l, 'l').len == 0)
        status = list_aws(&l);
    if (!slice_equal_text(scope, "AWS") && status == STATUS_OK)
        status = list_local(&l);
    xml_close(&l.body, "Policies");
    iam_page_write(&l.page, &l.body);
    if (call_is_answered(call))
        return;
    if (status != STATUS_OK && status != STATUS_TOO_LARGE)
        call_fail_internal(call, status, "listing policies");
    else
        aws_query_answer_result(call, &l.body);
}
