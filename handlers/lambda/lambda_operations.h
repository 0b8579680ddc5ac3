/*
 * lambda_operations.h -- the operations of this folder, one function each. They find their input
 * checked (emulator/protocol/rest_json.h) and run inside a unit of work (emulator/http/call.h).
 */
#ifndef HANDLERS_LAMBDA_LAMBDA_OPERATIONS_H
#define HANDLERS_LAMBDA_LAMBDA_OPERATIONS_H

struct call;

void lambda_create_function(struct call *call);
void lambda_delete_function(struct call *call);
void lambda_get_function(struct call *call);
void lambda_get_function_code_signing_config(struct call *call);
void lambda_get_function_configuration(struct call *call);
void lambda_invoke_function(struct call *call);
void lambda_list_functions(struct call *call);
void lambda_list_versions_by_function(struct call *call);
void lambda_update_function_code(struct call *call);
void lambda_update_function_configuration(struct call *call);

#endif
