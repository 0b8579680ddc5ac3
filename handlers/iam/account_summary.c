/*
 * account_summary.c -- GetAccountSummary: what there is and what there may be. ListAccountAliases:
 * there are none.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/iam_page.h"
#include "storage/iam_entity_store.h"
#include "storage/iam_policy_store.h"

static const struct {
    const char *name;
    int64_t value;
} constants[] = {
    {"AccessKeysPerUserQuota", 2},
    {"AccountAccessKeysPresent", 0},
    {"AccountMFAEnabled", 0},
    {"AccountPasswordPresent", 0},
    {"AccountSigningCertificatesPresent", 0},
    {"AssumeRolePolicySizeQuota", 2048},
    {"AttachedPoliciesPerGroupQuota", 10},
    {"AttachedPoliciesPerRoleQuota", 10},
    {"AttachedPoliciesPerUserQuota", 10},
    {"GlobalEndpointTokenVersion", 1},
    {"GroupPolicySizeQuota", 5120},
    {"Groups", 0},
    {"GroupsPerUserQuota", 10},
    {"GroupsQuota", 300},
    {"InstanceProfilesQuota", 1000},
    {"MFADevices", 0},
    {"MFADevicesInUse", 0},
    {"PoliciesQuota", 1500},
    {"PolicySizeQuota", 6144},
    {"PolicyVersionsInUseQuota", 10000},
    {"Providers", 0},
    {"RolePolicySizeQuota", 10240},
    {"RolesQuota", 1000},
    {"ServerCertificates", 0},
    {"ServerCertificatesQuota", 20},
    {"SigningCertificatesPerUserQuota", 2},
    {"UserPolicySizeQuota", 2048},
    {"UsersQuota", 5000},
    {"VersionsPerPolicyQuota", 5},
};

static void put(struct text *body, const char *name, int64_t value)
{
    xml_open(body, "entry", NULL);
    xml_put(body, "key", slice_of(name));
    xml_put_integer(body, "value", value);
    xml_close(body, "entry");
}

static enum status put_counts(struct call *call, struct text *body)
{
    static const struct {
        const char *name;
        enum iam_kind kind;
    } kinds[] = {
        {"Roles", IAM_ROLE}, {"Users", IAM_USER}, {"InstanceProfiles", IAM_INSTANCE_PROFILE}};
    struct slice account = call->principal->account;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && status == STATUS_OK; i++) {
        int64_t count = 0;
        status = iam_entity_store_count(call->sandbox->db, account, kinds[i].kind, &count);
        put(body, kinds[i].name, count);
    }
    struct iam_policy_counts counts = {0, 0};
    if (status == STATUS_OK)
        status = iam_policy_store_count(call->sandbox->db, account, &counts);
    put(body, "Policies", counts.policies);
    put(body, "PolicyVersionsInUse", counts.versions);
    return status;
}

void iam_get_account_summary(struct call *call)
{
    struct text body = aws_query_result(call);
    xml_open(&body, "SummaryMap", NULL);
    enum status status = put_counts(call, &body);
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++)
        put(&body, constants[i].name, constants[i].value);
    xml_close(&body, "SummaryMap");
    if (status != STATUS_OK)
        call_fail_internal(call, status, "counting");
    else
        aws_query_answer_result(call, &body);
}

void iam_list_account_aliases(struct call *call)
{
    struct iam_page page;
    if (!iam_page_read(call, &page))
        return;
    struct text body = aws_query_result(call);
    xml_put(&body, "AccountAliases", SLICE(""));
    iam_page_write(&page, &body);
    aws_query_answer_result(call, &body);
}
