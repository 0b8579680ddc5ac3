#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/lambda/lambda_internal.h"
#include "tests/lib/asserts.h"
#include "tests/unit/lambda_world.h"

static void an_unknown_function_is_not_found_on_a_later_turn(void **state)
{
    (void)state;
    static const char *const names[] = {
        "nobody", "nobody:1", "arn:aws:lambda:eu-west-1:000000000000:function:words", "a:b:c"};
    world_add("words", "plugin_by_word.so");
    for (size_t i = 0; i < 4; i++) {
        struct lambda_invocation invocation;
        world_start(&invocation, names[i], EVENT(""));
        assert_int_equal(world.pending, 1);
        world_run();
        assert_int_equal(invocation.outcome, LAMBDA_NOT_FOUND);
        lambda_invocation_clear(&invocation);
    }
}

static void invocations_of_one_function_run_one_after_the_other(void **state)
{
    (void)state;
    world_add("state", "plugin_state.so");
    struct lambda_invocation invocations[5];
    for (size_t i = 0; i < 5; i++)
        world_start(&invocations[i], "state", EVENT(""));
    world_run();
    static const char *const data[] = {"djEgc2VlbiAx", "djEgc2VlbiAy", "djEgc2VlbiAz",
                                       "djEgc2VlbiA0", "djEgc2VlbiA1"};
    for (size_t i = 0; i < 5; i++) {
        char expected[128];
        (void)snprintf(expected, sizeof(expected),
                       "{\"records\":[{\"recordId\":\"a\",\"result\":\"Ok\",\"data\":\"%s\"}]}",
                       data[i]);
        assert_slice(invocations[i].payload, expected);
        lambda_invocation_clear(&invocations[i]);
    }
}

static void too_many_that_wait_are_throttled(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    size_t count = LAMBDA_WAITING_MAX + 3;
    struct lambda_invocation *invocations = calloc(count, sizeof(*invocations));
    assert_non_null(invocations);
    size_t throttled = 0;
    for (size_t i = 0; i < count; i++)
        world_start(&invocations[i], "words", EVENT(""));
    world_run();
    for (size_t i = 0; i < count; i++) {
        throttled += invocations[i].outcome == LAMBDA_THROTTLED;
        lambda_invocation_clear(&invocations[i]);
    }
    assert_int_equal(throttled, 2); /* one runs, LAMBDA_WAITING_MAX wait */
    free(invocations);
}

static void a_slow_function_is_answered_in_time_and_throttled_until_it_returns(void **state)
{
    (void)state;
    (void)world_store("slow", "plugin_slow.so", 1);
    struct lambda_invocation first;
    struct lambda_invocation waiting;
    world_start(&first, "slow", EVENT(""));
    world_start(&waiting, "slow", EVENT(""));
    world_run();

    assert_int_equal(first.outcome, LAMBDA_TIMED_OUT);
    char expected[256];
    (void)snprintf(expected, sizeof(expected),
                   "{\"errorMessage\":\"RequestId: %s Error: Task timed out after 1.00 seconds\","
                   "\"errorType\":\"Sandbox.Timedout\"}",
                   first.request_id);
    assert_slice(first.payload, expected);
    assert_int_equal(waiting.outcome, LAMBDA_THROTTLED);
    assert_true(world_log_has("going slow\n"));
    assert_true(world_log_has("\tStatus: timeout\n"));
    lambda_invocation_clear(&first);
    lambda_invocation_clear(&waiting);

    struct lambda_invocation meanwhile;
    world_invoke(&meanwhile, "slow", EVENT(""));
    assert_int_equal(meanwhile.outcome, LAMBDA_THROTTLED);
    lambda_invocation_clear(&meanwhile);

    world_run_until_quiet();
    assert_false(world_log_has("too late"));
    assert_int_equal(world.calls.len, 0); /* its put_item came too late as well */
    struct lambda_invocation again;
    world_invoke(&again, "slow", EVENT(""));
    assert_int_equal(again.outcome, LAMBDA_TIMED_OUT);
    lambda_invocation_clear(&again);
}

static void a_caller_may_wait_less_long_than_the_functions_timeout(void **state)
{
    (void)state;
    (void)world_store("slow", "plugin_slow.so", 60);
    struct lambda_invocation invocation;
    world.limit_ms = 200;
    world_start(&invocation, "slow", EVENT(""));
    world_run();
    assert_int_equal(invocation.outcome, LAMBDA_TIMED_OUT);
    assert_true(invocation.is_over_limit);
    assert_int_equal(invocation.duration_us, 200000);
    lambda_invocation_clear(&invocation);
}

static void a_changed_function_is_loaded_anew(void **state)
{
    (void)state;
    struct function_row row = world_store("state", "plugin_state.so", 30);
    struct lambda_invocation invocation;
    static const char *const words[] = {"a", "b"};
    world_invoke_batch(&invocation, "state", words, 2);
    assert_slice(invocation.results[1].data, "v1 seen 2");
    lambda_invocation_clear(&invocation);

    row.revision_id = SLICE("r2");
    row.environment = SLICE("{\"FAIL_INIT\":\"1\"}");
    db_unit_begin(world.db);
    assert_ok(function_store_update(world.db, &row));
    assert_ok(db_unit_end(world.db, true));
    world_invoke_batch(&invocation, "state", words, 1);
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload,
                 "{\"errorMessage\":\"init was told to fail\",\"errorType\":\"Test.NoInit\"}");
    assert_true(world_log_has("Status: error\tError Type: Test.NoInit"));
    lambda_invocation_clear(&invocation);

    row.revision_id = SLICE("r3");
    row.environment = SLICE("");
    db_unit_begin(world.db);
    assert_ok(function_store_update(world.db, &row));
    assert_ok(db_unit_end(world.db, true));
    world_invoke_batch(&invocation, "state", words, 1);
    assert_slice(invocation.results[0].data, "v1 seen 1");
    lambda_invocation_clear(&invocation);
}

static void a_deleted_function_is_gone_when_its_last_invocation_is(void **state)
{
    (void)state;
    struct function_row row = world_store("state", "plugin_state.so", 30);
    struct lambda_invocation invocation;
    world_start(&invocation, "state", EVENT(""));
    db_unit_begin(world.db);
    assert_ok(function_store_delete(world.db, row.account, row.region, row.name));
    assert_ok(db_unit_end(world.db, true));
    lambda_engine_forget(world.engine, row.account, row.region, row.name);
    world_run_until_quiet();
    assert_int_equal(invocation.outcome, LAMBDA_OK);
    lambda_invocation_clear(&invocation);
    world_invoke(&invocation, "state", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_NOT_FOUND);
    lambda_invocation_clear(&invocation);
}

static void code_that_cannot_be_loaded_fails_the_invocation_with_the_reason(void **state)
{
    (void)state;
    (void)world_store("abi", "plugin_wrong_abi.so", 30);
    struct lambda_invocation invocation;
    world_invoke(&invocation, "abi", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    char *payload = strndup(invocation.payload.ptr, invocation.payload.len);
    assert_non_null(payload);
    assert_non_null(strstr(payload, "code.so: built for version 2.0 of hydrant.h"));
    assert_non_null(strstr(payload, "\"errorType\":\"Runtime.InvalidEntrypoint\""));
    free(payload);
    lambda_invocation_clear(&invocation);
}

static void a_file_that_cannot_be_loaded_is_not_added(void **state)
{
    (void)state;
    char reason[LAMBDA_REASON_BYTES] = "";
    assert_status(lambda_engine_add_file(world.engine, SLICE(""), SLICE("x"),
                                         PLUGIN_FOLDER "/plugin_no_symbol.so", reason),
                  STATUS_INVALID);
    assert_non_null(strstr(reason, "plugin_no_symbol.so: the symbol hydrant_plugin_entry"));
    assert_status(
        lambda_engine_add_file(world.engine, SLICE(""), SLICE("x"), "/nowhere/x.so", reason),
        STATUS_NOT_FOUND);
    assert_non_null(strstr(reason, "/nowhere/x.so"));
    struct lambda_invocation invocation;
    world_invoke(&invocation, "x", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_NOT_FOUND);
    lambda_invocation_clear(&invocation);
}

/* Invoke until the answer starts with `expected`: the file's change is noticed a little later. */
static void invoke_until(const char *function, const char *expected)
{
    static const char *const words[] = {"a"};
    for (int i = 0; i < 100000; i++) {
        struct lambda_invocation invocation;
        world_invoke_batch(&invocation, function, words, 1);
        bool is_it = slice_starts_with(invocation.results[0].data, slice_of(expected));
        lambda_invocation_clear(&invocation);
        if (is_it)
            return;
    }
    fail_msg("the file was never reloaded");
}

static void a_changed_file_is_reloaded_and_a_broken_one_is_not(void **state)
{
    (void)state;
    char path[128];
    char other[128];
    char reason[LAMBDA_REASON_BYTES] = "";
    (void)snprintf(path, sizeof(path), "%s/live.so", world.folder);
    (void)snprintf(other, sizeof(other), "%s/other.so", world.folder);
    world_copy_file(PLUGIN_FOLDER "/plugin_state.so", path);
    assert_ok(lambda_engine_add_file(world.engine, SLICE(""), SLICE("live"), path, reason));
    invoke_until("live", "v1 seen 1");

    world_copy_file(PLUGIN_FOLDER "/plugin_state_2.so", other);
    assert_int_equal(rename(other, path), 0);
    invoke_until("live", "v2 seen 1");

    world_copy_file(PLUGIN_FOLDER "/plugin_no_symbol.so", other);
    assert_int_equal(rename(other, path), 0);
    world.refuses = lambda_slot_find(world.engine, SLICE("000000000000"), SLICE(""), SLICE("live"));
    world_run_until_quiet();
    assert_non_null(
        strstr(world.refuses->reload.reason, "live.so: the symbol hydrant_plugin_entry"));
    world.refuses = NULL;
    static const char *const words[] = {"a"};
    struct lambda_invocation invocation;
    world_invoke_batch(&invocation, "live", words, 1);
    assert_slice(invocation.results[0].data, "v2 seen 2");
    lambda_invocation_clear(&invocation);
}

static void functions_of_both_kinds_are_found_and_listed(void **state)
{
    (void)state;
    (void)world_store("beta", "plugin_by_word.so", 3);
    world_add("alpha", "plugin_by_word.so");
    world_add("gamma", "plugin_by_word.so");
    struct arena arena;
    arena_init(&arena, (size_t)1 << 20);
    char seen[64] = "";
    struct function_row row = {.name = SLICE("")};
    while (lambda_engine_next(world.engine, SLICE("000000000000"), SLICE("us-east-1"), row.name,
                              &arena, &row) == STATUS_OK)
        (void)snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%.*s ",
                       SLICE_ARG(row.name));
    assert_string_equal(seen, "alpha beta gamma ");

    assert_ok(lambda_engine_find(world.engine, SLICE("000000000000"), SLICE("ap-south-1"),
                                 SLICE("alpha"), &arena, &row));
    assert_true(lambda_engine_is_from_file(&row));
    assert_slice(row.region, "ap-south-1");
    assert_slice(row.handler, "plugin_by_word.so");
    assert_status(lambda_engine_find(world.engine, SLICE("111111111111"), SLICE("us-east-1"),
                                     SLICE("alpha"), &arena, &row),
                  STATUS_NOT_FOUND);
    arena_clear(&arena);
}

static void code_nobody_refers_to_is_swept_at_the_next_start(void **state)
{
    (void)state;
    (void)world_store("kept", "plugin_by_word.so", 3);
    char orphan[256];
    char kept[256];
    (void)snprintf(orphan, sizeof(orphan), "%s/lost", world.functions);
    assert_int_equal(mkdir(orphan, 0700), 0);
    (void)snprintf(orphan, sizeof(orphan), "%s/lost/rev-9", world.functions);
    assert_int_equal(mkdir(orphan, 0700), 0);
    (void)snprintf(kept, sizeof(kept), "%s/kept/rev-kept/code.so", world.functions);
    assert_int_equal(access(kept, F_OK), 0);

    lambda_engine_destroy(world.engine);
    world_create_engine();

    (void)snprintf(orphan, sizeof(orphan), "%s/lost", world.functions);
    assert_int_not_equal(access(orphan, F_OK), 0);
    assert_int_equal(access(kept, F_OK), 0);
}

static void code_of_a_deleted_function_is_removed_a_moment_later(void **state)
{
    (void)state;
    struct function_row row = world_store("gone", "plugin_by_word.so", 3);
    (void)world_store("kept", "plugin_by_word.so", 3);
    row.name = SLICE("kept");
    row.code_revision = SLICE("rev-2"); /* so that rev-kept of "kept" is an earlier one */
    db_unit_begin(world.db);
    assert_ok(function_store_update(world.db, &row));
    assert_ok(function_store_delete(world.db, row.account, row.region, SLICE("gone")));
    assert_ok(db_unit_end(world.db, true));
    assert_ok(db_commit(world.db));
    assert_true(world_is_there("gone/rev-gone/code.so"));

    lambda_engine_sweep(world.engine);
    world.waits_until_gone = "gone";
    world_run_until_quiet();

    assert_false(world_is_there("gone"));
    assert_false(world_is_there("kept/rev-kept"));
    assert_false(world_is_there(".trash"));
}

static void a_reset_unloads_stored_functions_and_keeps_those_from_files(void **state)
{
    (void)state;
    struct function_row row = world_store("state", "plugin_state.so", 30);
    world_add("live", "plugin_state.so");
    static const char *const words[] = {"a"};
    struct lambda_invocation invocation;
    world_invoke_batch(&invocation, "state", words, 1);
    lambda_invocation_clear(&invocation);
    world_invoke_batch(&invocation, "live", words, 1);
    lambda_invocation_clear(&invocation);
    db_unit_begin(world.db);
    assert_ok(function_store_delete(world.db, row.account, row.region, row.name));
    assert_ok(db_unit_end(world.db, true));
    assert_ok(db_commit(world.db));

    lambda_engine_reset(world.engine);
    world_run_until_quiet();

    assert_null(lambda_slot_find(world.engine, row.account, row.region, row.name));
    world_invoke_batch(&invocation, "live", words, 1);
    assert_slice(invocation.results[0].data, "v1 seen 2");
    lambda_invocation_clear(&invocation);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_unknown_function_is_not_found_on_a_later_turn),
        TEST(invocations_of_one_function_run_one_after_the_other),
        TEST(too_many_that_wait_are_throttled),
        TEST(a_slow_function_is_answered_in_time_and_throttled_until_it_returns),
        TEST(a_caller_may_wait_less_long_than_the_functions_timeout),
        TEST(a_changed_function_is_loaded_anew),
        TEST(a_deleted_function_is_gone_when_its_last_invocation_is),
        TEST(code_that_cannot_be_loaded_fails_the_invocation_with_the_reason),
        TEST(a_file_that_cannot_be_loaded_is_not_added),
        TEST(a_changed_file_is_reloaded_and_a_broken_one_is_not),
        TEST(functions_of_both_kinds_are_found_and_listed),
        TEST(code_nobody_refers_to_is_swept_at_the_next_start),
        TEST(code_of_a_deleted_function_is_removed_a_moment_later),
        TEST(a_reset_unloads_stored_functions_and_keeps_those_from_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
