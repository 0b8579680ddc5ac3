#include "handlers/iam/iam.h"

#include "emulator/protocol/aws_multi.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/shapes/shape_check.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/iam_operations.h"

/* A policy document is 131,072 characters at most, thrice as long in a form. */
#define BODY_MAX_BYTES ((size_t)1024 * 1024)

#define X(name, code, status) const struct api_error iam_error_##name = {code, status, "", false};
IAM_ERRORS(X)
#undef X

static const struct common_errors errors = {
    .internal = &iam_error_internal,
    .unavailable = &iam_error_unavailable,
    .too_large = &iam_error_too_large,
    .headers_too_large = &iam_error_headers_too_large,
    .unknown_operation = &iam_error_unknown_operation,
    .malformed = &iam_error_malformed,
    .validation = &iam_error_validation,
    .missing_authentication = &iam_error_missing_authentication,
    .incomplete_signature = &iam_error_incomplete_signature,
    .invalid_key = &iam_error_invalid_key,
    .expired_key = &iam_error_expired_key,
};

static const struct aws_multi_profile profile = {
    .json = {.dialect = &shape_dialect_kinesis},
    .xml_namespace = "https://iam.amazonaws.com/doc/2010-05-08/",
};

static const struct operation operations[] = {
    {"AddRoleToInstanceProfile", iam_add_role_to_instance_profile},
    {"AttachRolePolicy", iam_attach_role_policy},
    {"AttachUserPolicy", iam_attach_user_policy},
    {"CreateAccessKey", iam_create_access_key},
    {"CreateInstanceProfile", iam_create_instance_profile},
    {"CreatePolicy", iam_create_policy},
    {"CreatePolicyVersion", iam_create_policy_version},
    {"CreateRole", iam_create_role},
    {"CreateUser", iam_create_user},
    {"DeleteAccessKey", iam_delete_access_key},
    {"DeleteInstanceProfile", iam_delete_instance_profile},
    {"DeletePolicy", iam_delete_policy},
    {"DeletePolicyVersion", iam_delete_policy_version},
    {"DeleteRole", iam_delete_role},
    {"DeleteRolePermissionsBoundary", iam_delete_role_permissions_boundary},
    {"DeleteRolePolicy", iam_delete_role_policy},
    {"DeleteUser", iam_delete_user},
    {"DeleteUserPermissionsBoundary", iam_delete_user_permissions_boundary},
    {"DeleteUserPolicy", iam_delete_user_policy},
    {"DetachRolePolicy", iam_detach_role_policy},
    {"DetachUserPolicy", iam_detach_user_policy},
    {"GetAccountSummary", iam_get_account_summary},
    {"GetInstanceProfile", iam_get_instance_profile},
    {"GetPolicy", iam_get_policy},
    {"GetPolicyVersion", iam_get_policy_version},
    {"GetRole", iam_get_role},
    {"GetRolePolicy", iam_get_role_policy},
    {"GetUser", iam_get_user},
    {"GetUserPolicy", iam_get_user_policy},
    {"ListAccessKeys", iam_list_access_keys},
    {"ListAccountAliases", iam_list_account_aliases},
    {"ListAttachedRolePolicies", iam_list_attached_role_policies},
    {"ListAttachedUserPolicies", iam_list_attached_user_policies},
    {"ListEntitiesForPolicy", iam_list_entities_for_policy},
    {"ListGroupsForUser", iam_list_groups_for_user},
    {"ListInstanceProfileTags", iam_list_instance_profile_tags},
    {"ListInstanceProfiles", iam_list_instance_profiles},
    {"ListInstanceProfilesForRole", iam_list_instance_profiles_for_role},
    {"ListPolicies", iam_list_policies},
    {"ListPolicyTags", iam_list_policy_tags},
    {"ListPolicyVersions", iam_list_policy_versions},
    {"ListRolePolicies", iam_list_role_policies},
    {"ListRoleTags", iam_list_role_tags},
    {"ListRoles", iam_list_roles},
    {"ListUserPolicies", iam_list_user_policies},
    {"ListUserTags", iam_list_user_tags},
    {"ListUsers", iam_list_users},
    {"PutRolePermissionsBoundary", iam_put_role_permissions_boundary},
    {"PutRolePolicy", iam_put_role_policy},
    {"PutUserPermissionsBoundary", iam_put_user_permissions_boundary},
    {"PutUserPolicy", iam_put_user_policy},
    {"RemoveRoleFromInstanceProfile", iam_remove_role_from_instance_profile},
    {"SetDefaultPolicyVersion", iam_set_default_policy_version},
    {"TagInstanceProfile", iam_tag_instance_profile},
    {"TagPolicy", iam_tag_policy},
    {"TagRole", iam_tag_role},
    {"TagUser", iam_tag_user},
    {"UntagInstanceProfile", iam_untag_instance_profile},
    {"UntagPolicy", iam_untag_policy},
    {"UntagRole", iam_untag_role},
    {"UntagUser", iam_untag_user},
    {"UpdateAccessKey", iam_update_access_key},
    {"UpdateAssumeRolePolicy", iam_update_assume_role_policy},
    {"UpdateRole", iam_update_role},
    {"UpdateRoleDescription", iam_update_role_description},
    {"UpdateUser", iam_update_user},
};

const struct service iam_service = {
    .name = "iam",
    .title = "IAM",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .errors = &errors,
    .protocol = &profile,
    .begin = aws_query_begin,
    .handle = aws_query_handle,
    .write_error = aws_query_write_error,
};
