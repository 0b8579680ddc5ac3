#include "handlers/iam/policy_resource.h"

#include <stdbool.h>

#include "emulator/base/arena.h"

const char policy_resource_legacy[] = "The policy failed legacy parsing";
const char policy_resource_no_memory[] = "no memory";

#define IAM_PATHS                                                                          \
    "IAM resource path must either be \"*\", root, or start with user/, federated-user/, " \
    "role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, "     \
    "saml-provider/, oidc-provider/, report/, access-report/."

static const char *or_memory(const char *problem)
{
    return problem != NULL ? problem : policy_resource_no_memory;
}

static bool is_partition(struct slice name)
{
    static const char *const partitions[] = {"*",          "aws",       "aws-cn",
                                             "aws-us-gov", "aws-iso",   "aws-iso-b",
                                             "aws-iso-e",  "aws-iso-f", "aws-eusc"};
    for (size_t i = 0; i < sizeof(partitions) / sizeof(partitions[0]); i++)
        if (slice_equal_text(name, partitions[i]))
            return true;
    return false;
}

/* A part that is not there is told as "*". */
static struct slice cut_or_star(struct slice *rest)
{
    if (rest->ptr == NULL)
        return SLICE("*");
    struct slice part = slice_cut(rest, ':');
    return part.len == 0 && rest->ptr == NULL ? SLICE("*") : part;
}

static const char *bad_partition(struct slice partition, struct slice rest, struct arena *arena)
{
    struct slice service = cut_or_star(&rest);
    struct slice region = cut_or_star(&rest);
    struct slice account = cut_or_star(&rest);
    struct slice id = rest.ptr != NULL ? rest : SLICE("*");
    return or_memory(arena_printf(
        arena, "Partition \"%.*s\" is not valid for resource \"arn:%.*s:%.*s:%.*s:%.*s:%.*s\".",
        SLICE_ARG(partition), SLICE_ARG(partition), SLICE_ARG(service), SLICE_ARG(region),
        SLICE_ARG(account), SLICE_ARG(id)));
}

static bool is_iam_path(struct slice id)
{
    static const struct slice starts[] = {
        SLICE_INIT("user/"),          SLICE_INIT("federated-user/"),
        SLICE_INIT("role/"),          SLICE_INIT("group/"),
        SLICE_INIT("mfa/"),           SLICE_INIT("instance-profile/"),
        SLICE_INIT("policy/"),        SLICE_INIT("server-certificate/"),
        SLICE_INIT("sms-mfa/"),       SLICE_INIT("saml-provider/"),
        SLICE_INIT("oidc-provider/"), SLICE_INIT("report/"),
        SLICE_INIT("access-report/"),
    };
    if (slice_equal_text(id, "*") || slice_equal_text(id, "root"))
        return true;
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        if (slice_starts_with(id, starts[i]))
            return true;
    return false;
}

/* Services whose resources have no region. */
static const char *service_problem(struct slice resource, struct slice service, struct slice rest,
                                   struct arena *arena)
{
    struct slice region = slice_cut(&rest, ':');
    (void)slice_cut(&rest, ':'); /* the account */
    bool is_iam = slice_equal_text(service, "iam");
    if (is_iam && region.len > 0)
        return or_memory(arena_printf(arena, "IAM resource %.*s cannot contain region information.",
                                      SLICE_ARG(resource)));
    if (slice_equal_text(service, "s3") && region.len > 0 &&
        !slice_starts_with(rest, SLICE("accesspoint/")))
        return or_memory(arena_printf(arena, "Resource %.*s can not contain region information.",
                                      SLICE_ARG(resource)));
    return is_iam && !is_iam_path(rest) ? IAM_PATHS : NULL;
}

/* The old parser wants either all six parts, or none of them empty; and a service. */
static bool is_legacy(struct slice resource)
{
    size_t colons = 0;
    for (size_t i = 0; i < resource.len; i++)
        colons += resource.ptr[i] == ':';
    struct slice rest = resource;
    (void)slice_cut(&rest, ':');
    (void)slice_cut(&rest, ':');
    bool has_empty = slice_search(resource, SLICE("::")) < resource.len;
    return (colons >= 5 || !has_empty) && slice_cut(&rest, ':').len > 0;
}

const char *policy_resource_problem(struct slice resource, struct arena *arena)
{
    if (slice_equal_text(resource, "*"))
        return NULL;
    struct slice rest = resource;
    (void)slice_cut(&rest, ':');
    if (rest.ptr == NULL)
        return or_memory(arena_printf(arena, "Resource %.*s must be in ARN format or \"*\".",
                                      SLICE_ARG(resource)));
    struct slice partition = slice_cut(&rest, ':');
    if (!is_partition(partition))
        return bad_partition(partition, rest.ptr != NULL ? rest : SLICE(""), arena);
    if (rest.ptr == NULL)
        return "Resource vendor must be fully qualified and cannot contain regexes.";
    struct slice service = slice_cut(&rest, ':');
    const char *problem = service_problem(resource, service, rest, arena);
    if (problem != NULL)
        return problem;
    return is_legacy(resource) ? NULL : policy_resource_legacy;
}
