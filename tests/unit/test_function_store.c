#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/function_store.h"
#include "tests/lib/asserts.h"

struct fixture {
    char folder[64];
    char path[96];
    struct db *db;
    struct arena arena;
};

static const struct function_row likes = {
    .account = SLICE_INIT("000000000000"),
    .region = SLICE_INIT("us-east-1"),
    .name = SLICE_INIT("likes"),
    .runtime = SLICE_INIT("provided.al2023"),
    .role = SLICE_INIT("arn:aws:iam::000000000000:role/r"),
    .handler = SLICE_INIT("likes.so"),
    .description = SLICE_INIT("writes likes"),
    .timeout_s = 3,
    .memory_mb = 128,
    .storage_mb = 512,
    .environment = SLICE_INIT("{\"A\":\"1\"}"),
    .tags = SLICE_INIT("{\"team\":\"x\"}"),
    .architecture = SLICE_INIT("x86_64"),
    .tracing = SLICE_INIT("PassThrough"),
    .log_group = SLICE_INIT("/aws/lambda/likes"),
    .code_sha256 = SLICE_INIT("c2hh"),
    .code_size = 77,
    .code_revision = SLICE_INIT("rev-1"),
    .code_file = SLICE_INIT("likes.so"),
    .revision_id = SLICE_INIT("r2"),
    .modified_ms = 1795000000084,
    .layers = SLICE_INIT("[{\"Arn\":\"l:1\"}]"),
    .layer_folder = SLICE_INIT("opt-1"),
    .layer_bytes = 11,
    .unzipped_bytes = 12,
    .has_concurrency = true,
    .concurrency = 5,
    .last_version = 7,
    .content_hash = SLICE_INIT("hash"),
    .change = SLICE_INIT("create"),
    .ready_ms = 1795000000085,
    .change_revision_id = SLICE_INIT("r1"),
};

static struct fixture fixture;

static int set_up(void **state)
{
    (void)snprintf(fixture.folder, sizeof(fixture.folder), "/tmp/function_store_XXXXXX");
    if (mkdtemp(fixture.folder) == NULL)
        return -1;
    (void)snprintf(fixture.path, sizeof(fixture.path), "%s/hydrant.db", fixture.folder);
    arena_init(&fixture.arena, (size_t)1 << 20);
    *state = &fixture;
    return db_open(fixture.path, DB_DURABILITY_NONE, &fixture.db) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(fixture.db);
    arena_clear(&fixture.arena);
    (void)unlink(fixture.path);
    char other[128];
    (void)snprintf(other, sizeof(other), "%s-wal", fixture.path);
    (void)unlink(other);
    (void)snprintf(other, sizeof(other), "%s-shm", fixture.path);
    (void)unlink(other);
    return rmdir(fixture.folder);
}

static void assert_same_row(const struct function_row *got, const struct function_row *want)
{
    assert_slices_equal(got->account, want->account);
    assert_slices_equal(got->region, want->region);
    assert_slices_equal(got->name, want->name);
    assert_slices_equal(got->runtime, want->runtime);
    assert_slices_equal(got->role, want->role);
    assert_slices_equal(got->handler, want->handler);
    assert_slices_equal(got->description, want->description);
    assert_slices_equal(got->environment, want->environment);
    assert_slices_equal(got->tags, want->tags);
    assert_slices_equal(got->architecture, want->architecture);
    assert_slices_equal(got->tracing, want->tracing);
    assert_slices_equal(got->log_group, want->log_group);
    assert_slices_equal(got->code_sha256, want->code_sha256);
    assert_slices_equal(got->code_revision, want->code_revision);
    assert_slices_equal(got->code_file, want->code_file);
    assert_slices_equal(got->revision_id, want->revision_id);
    assert_int_equal(got->timeout_s, want->timeout_s);
    assert_int_equal(got->memory_mb, want->memory_mb);
    assert_int_equal(got->storage_mb, want->storage_mb);
    assert_int_equal(got->code_size, want->code_size);
    assert_int_equal(got->modified_ms, want->modified_ms);
    assert_int_equal(got->version, want->version);
    assert_slices_equal(got->layers, want->layers);
    assert_slices_equal(got->layer_folder, want->layer_folder);
    assert_int_equal(got->layer_bytes, want->layer_bytes);
    assert_int_equal(got->unzipped_bytes, want->unzipped_bytes);
    assert_int_equal(got->has_concurrency, want->has_concurrency);
    assert_int_equal(got->concurrency, want->concurrency);
    assert_int_equal(got->last_version, want->last_version);
    assert_slices_equal(got->content_hash, want->content_hash);
    assert_slices_equal(got->change, want->change);
    assert_int_equal(got->ready_ms, want->ready_ms);
    assert_slices_equal(got->change_revision_id, want->change_revision_id);
}

static void insert(const struct function_row *row)
{
    db_unit_begin(fixture.db);
    assert_ok(function_store_insert(fixture.db, row));
    assert_ok(db_unit_end(fixture.db, true));
}

static enum status find(struct slice name, struct function_row *ret_row)
{
    return function_store_find(fixture.db, likes.account, likes.region, name, &fixture.arena,
                               ret_row);
}

static void what_was_inserted_is_found_again_whole(void **state)
{
    (void)state;
    insert(&likes);

    struct function_row got;
    assert_ok(find(SLICE("likes"), &got));

    assert_same_row(&got, &likes);
    assert_status(find(SLICE("like"), &got), STATUS_NOT_FOUND);
}

static void a_name_is_taken_once_per_account_and_region(void **state)
{
    (void)state;
    insert(&likes);
    struct function_row other = likes;
    other.region = SLICE("eu-west-1");
    insert(&other);

    db_unit_begin(fixture.db);
    assert_status(function_store_insert(fixture.db, &likes), STATUS_EXISTS);
    assert_ok(db_unit_end(fixture.db, false));
}

static void an_update_replaces_every_column_of_its_function_only(void **state)
{
    (void)state;
    insert(&likes);
    struct function_row other = likes;
    other.name = SLICE("other");
    insert(&other);
    struct function_row changed = likes;
    changed.timeout_s = 60;
    changed.environment = SLICE("");
    changed.code_revision = SLICE("rev-2");
    changed.revision_id = SLICE("r4");

    db_unit_begin(fixture.db);
    assert_ok(function_store_update(fixture.db, &changed));
    assert_ok(db_unit_end(fixture.db, true));

    struct function_row got;
    assert_ok(find(SLICE("likes"), &got));
    assert_same_row(&got, &changed);
    assert_ok(find(SLICE("other"), &got));
    assert_same_row(&got, &other);
}

static void updating_or_deleting_what_is_not_there_is_reported(void **state)
{
    (void)state;
    db_unit_begin(fixture.db);
    assert_status(function_store_update(fixture.db, &likes), STATUS_NOT_FOUND);
    assert_status(function_store_delete(fixture.db, likes.account, likes.region, SLICE("likes")),
                  STATUS_NOT_FOUND);
    assert_ok(db_unit_end(fixture.db, false));
}

static void functions_are_walked_in_name_order(void **state)
{
    (void)state;
    static const char *const names[] = {"beta", "alpha", "gamma"};
    for (size_t i = 0; i < 3; i++) {
        struct function_row row = likes;
        row.name = slice_of(names[i]);
        insert(&row);
    }

    char seen[64] = "";
    struct function_row row = {.name = SLICE("")};
    while (function_store_next(fixture.db, likes.account, likes.region, row.name, &fixture.arena,
                               &row) == STATUS_OK)
        (void)snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%.*s ",
                       SLICE_ARG(row.name));

    assert_string_equal(seen, "alpha beta gamma ");
}

static void code_is_in_use_until_its_last_function_is_gone(void **state)
{
    (void)state;
    insert(&likes);
    bool uses = false;
    assert_ok(function_store_uses_code(fixture.db, SLICE("rev-1"), &uses));
    assert_true(uses);

    db_unit_begin(fixture.db);
    assert_ok(function_store_delete(fixture.db, likes.account, likes.region, likes.name));
    assert_ok(db_unit_end(fixture.db, true));

    assert_ok(function_store_uses_code(fixture.db, SLICE("rev-1"), &uses));
    assert_false(uses);
}

static void insert_version(int64_t version)
{
    struct function_row row = likes;
    row.version = version;
    row.has_concurrency = false;
    row.concurrency = 0;
    insert(&row);
}

static void versions_stand_beside_latest_and_are_walked_in_order(void **state)
{
    (void)state;
    insert_version(2);
    insert_version(10);
    insert(&likes);

    char seen[64] = "";
    struct function_key at = {likes.account, likes.region, likes.name, -1};
    struct function_row row;
    while (function_store_next_version(fixture.db, &at, &fixture.arena, &row) == STATUS_OK) {
        (void)snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%d ", (int)row.version);
        at.version = row.version;
    }
    assert_string_equal(seen, "0 2 10 ");

    assert_ok(find(SLICE("likes"), &row));
    assert_same_row(&row, &likes);
    row = (struct function_row){.name = SLICE("")};
    assert_ok(function_store_next(fixture.db, likes.account, likes.region, SLICE(""),
                                  &fixture.arena, &row));
    assert_int_equal(row.version, 0);
    assert_status(function_store_next(fixture.db, likes.account, likes.region, likes.name,
                                      &fixture.arena, &row),
                  STATUS_NOT_FOUND);
}

static void a_version_is_deleted_alone_and_a_function_with_all_of_them(void **state)
{
    (void)state;
    insert(&likes);
    insert_version(1);
    insert_version(2);
    struct function_key key = {likes.account, likes.region, likes.name, 1};
    struct function_row row;

    db_unit_begin(fixture.db);
    assert_ok(function_store_delete_version(fixture.db, &key));
    assert_status(function_store_delete_version(fixture.db, &key), STATUS_NOT_FOUND);
    assert_ok(db_unit_end(fixture.db, true));
    key.version = 2;
    assert_ok(function_store_find_version(fixture.db, &key, &fixture.arena, &row));

    db_unit_begin(fixture.db);
    assert_ok(function_store_delete(fixture.db, likes.account, likes.region, likes.name));
    assert_ok(db_unit_end(fixture.db, true));
    assert_status(function_store_find_version(fixture.db, &key, &fixture.arena, &row),
                  STATUS_NOT_FOUND);
}

static void an_account_has_its_functions_their_code_and_what_they_reserve(void **state)
{
    (void)state;
    struct function_row other = likes;
    other.region = SLICE("eu-west-1");
    insert(&likes);
    insert_version(1);
    insert(&other);

    struct function_totals totals;
    assert_ok(function_store_totals(fixture.db, likes.account, likes.region, &totals));

    assert_int_equal(totals.functions, 1);
    assert_int_equal(totals.code_bytes, 154);
    assert_int_equal(totals.concurrency, 5);
}

static void layers_are_in_use_until_no_version_has_them(void **state)
{
    (void)state;
    insert_version(1);
    bool uses = false;
    assert_ok(function_store_uses_layers(fixture.db, SLICE("opt-1"), &uses));
    assert_true(uses);
    assert_ok(function_store_uses_layers(fixture.db, SLICE("opt-2"), &uses));
    assert_false(uses);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_inserted_is_found_again_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_is_taken_once_per_account_and_region, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_update_replaces_every_column_of_its_function_only,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(updating_or_deleting_what_is_not_there_is_reported, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(functions_are_walked_in_name_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(code_is_in_use_until_its_last_function_is_gone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(versions_stand_beside_latest_and_are_walked_in_order,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_version_is_deleted_alone_and_a_function_with_all_of_them,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            an_account_has_its_functions_their_code_and_what_they_reserve, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layers_are_in_use_until_no_version_has_them, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
