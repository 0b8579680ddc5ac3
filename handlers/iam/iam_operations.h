/*
 * iam_operations.h -- the operations of the table in iam.c, by the file they are in.
 */
#ifndef HANDLERS_IAM_IAM_OPERATIONS_H
#define HANDLERS_IAM_IAM_OPERATIONS_H

struct call;

/* access_keys.c */
void iam_create_access_key(struct call *call);
void iam_delete_access_key(struct call *call);
void iam_list_access_keys(struct call *call);
void iam_update_access_key(struct call *call);

/* account_summary.c */
void iam_get_account_summary(struct call *call);
void iam_list_account_aliases(struct call *call);

/* inline_policies.c */
void iam_delete_role_policy(struct call *call);
void iam_delete_user_policy(struct call *call);
void iam_get_role_policy(struct call *call);
void iam_get_user_policy(struct call *call);
void iam_list_role_policies(struct call *call);
void iam_list_user_policies(struct call *call);
void iam_put_role_policy(struct call *call);
void iam_put_user_policy(struct call *call);

/* instance_profiles.c */
void iam_add_role_to_instance_profile(struct call *call);
void iam_create_instance_profile(struct call *call);
void iam_delete_instance_profile(struct call *call);
void iam_get_instance_profile(struct call *call);
void iam_list_instance_profiles(struct call *call);
void iam_list_instance_profiles_for_role(struct call *call);
void iam_remove_role_from_instance_profile(struct call *call);

/* permissions_boundary.c */
void iam_delete_role_permissions_boundary(struct call *call);
void iam_delete_user_permissions_boundary(struct call *call);
void iam_put_role_permissions_boundary(struct call *call);
void iam_put_user_permissions_boundary(struct call *call);

/* policies.c */
void iam_create_policy(struct call *call);
void iam_delete_policy(struct call *call);
void iam_get_policy(struct call *call);

/* policy_attachments.c */
void iam_attach_role_policy(struct call *call);
void iam_attach_user_policy(struct call *call);
void iam_detach_role_policy(struct call *call);
void iam_detach_user_policy(struct call *call);
void iam_list_attached_role_policies(struct call *call);
void iam_list_attached_user_policies(struct call *call);

/* policy_entities.c */
void iam_list_entities_for_policy(struct call *call);

/* policy_list.c */
void iam_list_policies(struct call *call);

/* policy_versions.c */
void iam_create_policy_version(struct call *call);
void iam_delete_policy_version(struct call *call);
void iam_get_policy_version(struct call *call);
void iam_list_policy_versions(struct call *call);
void iam_set_default_policy_version(struct call *call);

/* resource_tags.c */
void iam_list_instance_profile_tags(struct call *call);
void iam_list_policy_tags(struct call *call);
void iam_list_role_tags(struct call *call);
void iam_list_user_tags(struct call *call);
void iam_tag_instance_profile(struct call *call);
void iam_tag_policy(struct call *call);
void iam_tag_role(struct call *call);
void iam_tag_user(struct call *call);
void iam_untag_instance_profile(struct call *call);
void iam_untag_policy(struct call *call);
void iam_untag_role(struct call *call);
void iam_untag_user(struct call *call);

/* roles.c */
void iam_create_role(struct call *call);
void iam_delete_role(struct call *call);
void iam_get_role(struct call *call);
void iam_list_roles(struct call *call);

/* role_updates.c */
void iam_update_assume_role_policy(struct call *call);
void iam_update_role(struct call *call);
void iam_update_role_description(struct call *call);

/* users.c */
void iam_create_user(struct call *call);
void iam_delete_user(struct call *call);
void iam_get_user(struct call *call);
void iam_list_groups_for_user(struct call *call);
void iam_list_users(struct call *call);
void iam_update_user(struct call *call);

#endif
