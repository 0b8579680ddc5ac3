/*
 * function_code.h -- the code members of a request (ZipFile, S3Bucket, ...), for functions and
 * layers, and what can be wrong with the package they bring, in AWS's words.
 */
#ifndef HANDLERS_LAMBDA_FUNCTION_CODE_H
#define HANDLERS_LAMBDA_FUNCTION_CODE_H

#include <stdbool.h>

struct call;
struct json;
struct lambda_deploy;
struct package_source;

/* False: the call was answered. On success the source is released by the deployment. */
bool function_code_read(struct call *call, const struct json *members,
                        struct package_source *ret_source);

/* Answer for a deployment that did not succeed. */
void function_code_fail(struct call *call, const struct lambda_deploy *deploy);

#endif
