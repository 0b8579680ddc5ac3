/*
 * lambda_operations.h -- the operations of this folder, one function each. They find their input
 * checked (emulator/protocol/rest_json.h) and run inside a unit of work (emulator/http/call.h).
 */
#ifndef HANDLERS_LAMBDA_LAMBDA_OPERATIONS_H
#define HANDLERS_LAMBDA_LAMBDA_OPERATIONS_H

struct call;

void lambda_add_permission(struct call *call);
void lambda_create_alias(struct call *call);
void lambda_create_event_source_mapping(struct call *call);
void lambda_create_function(struct call *call);
void lambda_delete_alias(struct call *call);
void lambda_delete_event_source_mapping(struct call *call);
void lambda_delete_function(struct call *call);
void lambda_delete_function_concurrency(struct call *call);
void lambda_delete_function_event_invoke_config(struct call *call);
void lambda_delete_layer_version(struct call *call);
void lambda_get_account_settings(struct call *call);
void lambda_get_alias(struct call *call);
void lambda_get_event_source_mapping(struct call *call);
void lambda_get_function(struct call *call);
void lambda_get_function_code_signing_config(struct call *call);
void lambda_get_function_concurrency(struct call *call);
void lambda_get_function_configuration(struct call *call);
void lambda_get_function_event_invoke_config(struct call *call);
void lambda_get_function_recursion_config(struct call *call);
void lambda_get_function_scaling_config(struct call *call);
void lambda_get_function_url_config(struct call *call);
void lambda_get_layer_version(struct call *call);
void lambda_get_layer_version_by_arn(struct call *call);
void lambda_get_layer_version_policy(struct call *call);
void lambda_get_policy(struct call *call);
void lambda_get_provisioned_concurrency_config(struct call *call);
void lambda_get_runtime_management_config(struct call *call);
void lambda_invoke_async(struct call *call);
void lambda_invoke_function(struct call *call);
void lambda_list_aliases(struct call *call);
void lambda_list_event_source_mappings(struct call *call);
void lambda_list_function_event_invoke_configs(struct call *call);
void lambda_list_function_url_configs(struct call *call);
void lambda_list_functions(struct call *call);
void lambda_list_layer_versions(struct call *call);
void lambda_list_layers(struct call *call);
void lambda_list_provisioned_concurrency_configs(struct call *call);
void lambda_list_tags(struct call *call);
void lambda_list_versions_by_function(struct call *call);
void lambda_publish_layer_version(struct call *call);
void lambda_publish_version(struct call *call);
void lambda_put_function_concurrency(struct call *call);
void lambda_put_function_event_invoke_config(struct call *call);
void lambda_remove_permission(struct call *call);
void lambda_tag_resource(struct call *call);
void lambda_untag_resource(struct call *call);
void lambda_update_alias(struct call *call);
void lambda_update_event_source_mapping(struct call *call);
void lambda_update_function_code(struct call *call);
void lambda_update_function_configuration(struct call *call);
void lambda_update_function_event_invoke_config(struct call *call);

#endif
