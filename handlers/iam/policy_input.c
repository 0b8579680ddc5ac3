#include "handlers/iam/policy_input.h"

#include "emulator/base/json.h"
#include "emulator/http/call.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/policy_document.h"

#define MANAGED_MAX 6144
#define TRUST_MAX 2048

static bool check(struct call *call, struct slice document, enum policy_kind kind)
{
    const char *problem = NULL;
    enum status status = policy_document_check(document, kind, &call->arena, &problem);
    if (status == STATUS_INVALID)
        call_fail(call, &iam_error_malformed_policy, "%s", problem);
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "reading the policy");
    return status == STATUS_OK;
}

static bool is_short(struct call *call, struct slice document, const char *quota, size_t max)
{
    bool fits = policy_document_size(document) <= max;
    if (!fits)
        call_fail(call, &iam_error_limit_exceeded, "Cannot exceed quota for %s: %zu", quota, max);
    return fits;
}

bool policy_input_managed(struct call *call, struct slice *ret_document)
{
    *ret_document = json_member_string(call->input, "PolicyDocument");
    return is_short(call, *ret_document, "PolicySize", MANAGED_MAX) &&
           check(call, *ret_document, POLICY_MANAGED);
}

bool policy_input_trust(struct call *call, const char *member, struct slice *ret_document)
{
    *ret_document = json_member_string(call->input, member);
    return is_short(call, *ret_document, "ACLSizePerRole", TRUST_MAX) &&
           check(call, *ret_document, POLICY_TRUST);
}

bool policy_input_inline(struct call *call, struct slice *ret_document)
{
    *ret_document = json_member_string(call->input, "PolicyDocument");
    return check(call, *ret_document, POLICY_INLINE);
}
