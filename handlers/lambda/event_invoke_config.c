/*
 * event_invoke_config.c -- Put-, Get-, Update-, Delete- and ListFunctionEventInvokeConfig: how
 * often an asynchronous invocation is tried, and for how long.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_settings.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "storage/function_event_store.h"

#define PAGE_MAX_CONFIGS 50u

/* The function the path names is there; for itself the qualifier is "$LATEST". */
static bool find_key(struct call *call, struct function_event_key *ret_key)
{
    struct function_address address;
    if (!function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return false;
    const struct function_row *row = &address.row;
    *ret_key = (struct function_event_key){row->account, row->region, row->name,
                                           address.qualifier.len > 0 ? address.qualifier
                                                                     : SLICE("$LATEST")};
    return true;
}

static void write_config(struct call *call, struct json_writer *w,
                         const struct function_event_key *key,
                         const struct function_event_config *config)
{
    json_begin_object(w);
    json_put_seconds(w, "LastModified", config->modified_ms);
    json_put_string(w, "FunctionArn", function_address_arn(call, key->function, key->qualifier));
    if (config->has_max_retries)
        json_put_integer(w, "MaximumRetryAttempts", config->max_retries);
    if (config->has_max_age)
        json_put_integer(w, "MaximumEventAgeInSeconds", config->max_age_s);
    json_put_raw(w, "DestinationConfig", SLICE("{\"OnSuccess\":{},\"OnFailure\":{}}"));
    json_end_object(w);
}

static void answer(struct call *call, const struct function_event_key *key,
                   const struct function_event_config *config)
{
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    write_config(call, &w, key, config);
    rest_json_answer(call, 200, &body);
}

static bool refuse_destinations(struct call *call)
{
    if (function_settings_is_nothing(json_member(call->input, "DestinationConfig")))
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "Hydrant does not support DestinationConfig (OnSuccess, OnFailure) yet.");
    return false;
}

/* Members the input has replace those of `config`. */
static bool read_config(struct call *call, struct function_event_config *config)
{
    const struct json *retries = json_member(call->input, "MaximumRetryAttempts");
    const struct json *age = json_member(call->input, "MaximumEventAgeInSeconds");
    if (!refuse_destinations(call))
        return false;
    if (retries == NULL && age == NULL && json_member(call->input, "DestinationConfig") == NULL) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "You must specify at least one of error handling or destination setting.");
        return false;
    }
    if (retries != NULL) {
        config->has_max_retries = true;
        config->max_retries = json_integer(retries);
    }
    if (age != NULL) {
        config->has_max_age = true;
        config->max_age_s = json_integer(age);
    }
    config->modified_ms = sim_clock_now_ms(&call->sandbox->clock);
    return true;
}

static bool find_config(struct call *call, struct function_event_key *key,
                        struct function_event_config *config)
{
    if (!find_key(call, key))
        return false;
    enum status status = function_event_store_config(call->sandbox->db, key, config);
    if (status == STATUS_NOT_FOUND) {
        struct slice arn = function_address_arn(call, key->function, key->qualifier);
        call_fail(call, &lambda_error_resource_not_found,
                  "The function %.*s doesn't have an EventInvokeConfig", SLICE_ARG(arn));
    } else if (status != STATUS_OK) {
        call_fail_internal(call, status, "reading the event configuration");
    }
    return status == STATUS_OK;
}

static void store(struct call *call, const struct function_event_key *key,
                  const struct function_event_config *config)
{
    enum status status = function_event_store_configure(call->sandbox->db, key, config);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the event configuration");
    else
        answer(call, key, config);
}

void lambda_put_function_event_invoke_config(struct call *call)
{
    struct function_event_key key;
    struct function_address address;
    struct function_event_config config = {0};
    if (function_address_find_stored(call, FUNCTION_NOT_FOUND_PLAIN, &address) &&
        find_key(call, &key) && read_config(call, &config))
        store(call, &key, &config);
}

void lambda_update_function_event_invoke_config(struct call *call)
{
    struct function_event_key key;
    struct function_event_config config;
    if (find_config(call, &key, &config) && read_config(call, &config))
        store(call, &key, &config);
}

void lambda_get_function_event_invoke_config(struct call *call)
{
    struct function_event_key key;
    struct function_event_config config;
    if (find_config(call, &key, &config))
        answer(call, &key, &config);
}

void lambda_delete_function_event_invoke_config(struct call *call)
{
    struct function_event_key key;
    struct function_event_config config;
    if (!find_config(call, &key, &config))
        return;
    enum status status = function_event_store_unconfigure(call->sandbox->db, &key);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "deleting the event configuration");
    else
        rest_json_answer_nothing(call, 204);
}

/* From behind the key's qualifier on. STATUS_OK: the page is full and more follow. */
static enum status write_page(struct call *call, struct json_writer *w,
                              struct function_event_key *at, uint64_t left)
{
    for (;; left--) {
        struct slice qualifier;
        struct function_event_config config;
        enum status status = function_event_store_next_config(call->sandbox->db, at, &call->arena,
                                                              &qualifier, &config);
        if (status != STATUS_OK || left == 0)
            return status;
        at->qualifier = qualifier;
        write_config(call, w, at, &config);
    }
}

void lambda_list_function_event_invoke_configs(struct call *call)
{
    struct function_address address;
    if (!function_address_find_whole(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return;
    const struct function_row *row = &address.row;
    struct function_event_key at = {row->account, row->region, row->name,
                                    rest_json_query(call, "Marker")};
    uint64_t size = 0;
    if (slice_to_u64(rest_json_query(call, "MaxItems"), &size) != STATUS_OK || size == 0 ||
        size > PAGE_MAX_CONFIGS)
        size = PAGE_MAX_CONFIGS;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "FunctionEventInvokeConfigs");
    json_begin_array(&w);
    enum status status = write_page(call, &w, &at, size);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        call_fail_internal(call, status, "listing event configurations");
        return;
    }
    json_end_array(&w);
    if (status == STATUS_OK)
        json_put_string(&w, "NextMarker", at.qualifier);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
