/*
 * concurrency.c -- Put-, Get- and DeleteFunctionConcurrency: how many invocations a function may
 * have at a time. It is kept by the engine (emulator/lambda/lambda_invoke.c).
 */
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"

#define CONCURRENCY_MAX INT64_C(1000)
#define UNRESERVED_MIN INT64_C(100)

static bool find(struct call *call, struct function_address *address)
{
    if (!function_address_find_stored(call, FUNCTION_NOT_FOUND_LATEST, address))
        return false;
    if (address->qualifier.len == 0)
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "This operation is permitted on Lambda functions only. Aliases and versions do not "
              "support this operation. Please specify either a function name or an unqualified "
              "function ARN.");
    return false;
}

static void write_concurrency(struct json_writer *w, const struct function_row *row)
{
    json_begin_object(w);
    if (row->has_concurrency)
        json_put_integer(w, "ReservedConcurrentExecutions", row->concurrency);
    json_end_object(w);
}

static void answer(struct call *call, const struct function_row *row)
{
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    write_concurrency(&w, row);
    rest_json_answer(call, 200, &body);
}

/* What others have reserved leaves enough for functions that reserve nothing. */
static bool is_there_enough(struct call *call, const struct function_row *row, int64_t wanted)
{
    struct function_totals totals;
    enum status status =
        function_store_totals(call->sandbox->db, row->account, row->region, &totals);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "counting reserved concurrency");
        return false;
    }
    int64_t others = totals.concurrency - (row->has_concurrency ? row->concurrency : 0);
    if (wanted <= CONCURRENCY_MAX - UNRESERVED_MIN - others)
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "Specified ReservedConcurrentExecutions for function decreases account's "
              "UnreservedConcurrentExecution below its minimum value of [%d].",
              (int)UNRESERVED_MIN);
    return false;
}

static bool store(struct call *call, const struct function_row *row)
{
    enum status status = function_store_update(call->sandbox->db, row);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the concurrency");
    return status == STATUS_OK;
}

void lambda_put_function_concurrency(struct call *call)
{
    struct function_address address;
    int64_t wanted = json_member_integer(call->input, "ReservedConcurrentExecutions", 0);
    if (!find(call, &address) || !is_there_enough(call, &address.row, wanted))
        return;
    address.row.has_concurrency = true;
    address.row.concurrency = wanted;
    if (store(call, &address.row))
        answer(call, &address.row);
}

void lambda_get_function_concurrency(struct call *call)
{
    struct function_address address;
    if (function_address_find_whole(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        answer(call, &address.row);
}

void lambda_delete_function_concurrency(struct call *call)
{
    struct function_address address;
    if (!find(call, &address))
        return;
    address.row.has_concurrency = false;
    address.row.concurrency = 0;
    if (store(call, &address.row))
        rest_json_answer_nothing(call, 204);
}
