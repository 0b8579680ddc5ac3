/*
 * Every allocation of the engine fails once: on the way through transform and S3 no record is lost,
 * doubled or left lying, and a failed acceptance stores nothing.
 */
#include <string.h>

#include "emulator/base/text.h"
#include "emulator/delivery/record_chunk.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"
#include "tests/unit/delivery_world.h"

#define SECOND INT64_C(1000)

static struct world *begin(bool has_function)
{
    void *state = NULL;
    assert_int_equal(world_set_up(&state), 0);
    struct world *w = state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", has_function);
    return w;
}

static void end(struct world *w)
{
    void *state = w;
    assert_int_equal(world_tear_down(&state), 0);
}

/* All bodies one behind the other; error lines and data apart. */
static void collect(struct world *w, struct text *data, unsigned *ret_lines)
{
    unsigned count = world_object_count(w);
    *ret_lines = 0;
    text_init_in(data, &w->arena, 65536);
    for (unsigned i = 0; i < count; i++) {
        struct slice body = world_object(w, i);
        if (strstr(world_key(w, i), "processing-failed") == NULL)
            text_append(data, body);
        for (size_t at = 0; at < body.len; at++)
            *ret_lines += body.ptr[at] == '\n';
    }
}

static void sweep(bool has_function, bool sticky)
{
    FAULT_SWEEP(mem_fault, n, sticky) {
        fault_disarm(mem_fault);
        struct world *w = begin(has_function);
        world_put(w, "s", "a");
        world_put(w, "s", has_function ? "fail" : "fall");
        world_commit(w);

        fault_arm(mem_fault, n, sticky);
        world_advance(w, 400 * SECOND);
        fault_disarm(mem_fault);
        bool fired = mem_fault->fired;
        world_advance(w, 3600 * SECOND);

        struct text data;
        unsigned error_lines = 0;
        collect(w, &data, &error_lines);
        if (!has_function)
            assert_slice(text_slice(&data), "afall");
        else if (error_lines == 1)
            assert_slice(text_slice(&data), "<a>");
        else /* the function itself had no memory, four times */
            assert_int_equal(error_lines, 2);
        assert_int_equal(world_chunks(w), 0);
        end(w);
        mem_fault->fired = fired;
    }
}

static void no_record_is_lost_when_an_allocation_fails(void **state)
{
    (void)state;
    sweep(false, false);
    sweep(true, false);
}

static void no_record_is_lost_when_memory_stays_exhausted_for_a_while(void **state)
{
    (void)state;
    sweep(false, true);
    sweep(true, true);
}

static const char partitioned[] =
    "{\"BucketARN\":\"arn:aws:s3:::bucket\",\"Prefix\":\"in/!{partitionKeyFromQuery:p}/\","
    "\"ErrorOutputPrefix\":\"processing-failed/\",\"S3BackupMode\":\"Enabled\","
    "\"S3BackupDescription\":{\"BucketARN\":\"arn:aws:s3:::bucket\",\"Prefix\":\"raw/\"},"
    "\"DynamicPartitioningConfiguration\":{\"Enabled\":true},"
    "\"ProcessingConfiguration\":{\"Enabled\":true,\"Processors\":[{\"Type\":"
    "\"RecordDeAggregation\","
    "\"Parameters\":[{\"ParameterName\":\"SubRecordType\",\"ParameterValue\":\"JSON\"}]},{\"Type\":"
    "\"MetadataExtraction\",\"Parameters\":[{\"ParameterName\":\"MetadataExtractionQuery\","
    "\"ParameterValue\":\"{p:.p}\"}]}]}}";

/* The bytes of all objects whose key begins so. */
static struct slice bodies_under(struct world *w, const char *prefix)
{
    struct text found;
    text_init_in(&found, &w->arena, 65536);
    for (unsigned i = 0; i < world_object_count(w); i++) {
        if (strncmp(world_key(w, i), prefix, strlen(prefix)) == 0)
            text_append(&found, world_object(w, i));
    }
    return text_slice(&found);
}

static void partitions_and_the_backup_lose_nothing_either(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        fault_disarm(mem_fault);
        void *made = NULL;
        assert_int_equal(world_set_up(&made), 0);
        struct world *w = made;
        world_make_bucket(w, "bucket");
        world_make_stream_of(w, "s", partitioned);
        world_put(w, "s", "{\"p\":1}{\"p\":2}{\"p\":1}");
        world_put(w, "s", "[]");
        world_commit(w);

        fault_arm(mem_fault, n, false);
        world_advance(w, 400 * SECOND);
        fault_disarm(mem_fault);
        bool fired = mem_fault->fired;
        world_advance(w, 3600 * SECOND);

        assert_slice(bodies_under(w, "in/1/"), "{\"p\":1}{\"p\":1}");
        assert_slice(bodies_under(w, "in/2/"), "{\"p\":2}");
        assert_slice(bodies_under(w, "raw/"), "{\"p\":1}{\"p\":2}{\"p\":1}[]");
        assert_true(slice_starts_with(bodies_under(w, "processing-failed/"),
                                      SLICE("{\"rawData\":\"W10=\",")));
        assert_int_equal(world_chunks(w), 0);
        end(w);
        mem_fault->fired = fired;
    }
}

static void what_could_not_be_accepted_is_not_delivered(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        fault_disarm(mem_fault);
        struct world *w = begin(false);
        struct record_chunk_entry entry;
        struct record_chunk_builder builder;
        struct record_chunk chunk;
        struct text packed;
        text_init_in(&packed, &w->arena, 65536);
        record_chunk_begin(&builder, &packed, &entry, 1);
        record_chunk_add(&builder, SLICE("a"), WORLD_START_MS);
        assert_ok(record_chunk_finish(&builder, &chunk));
        struct delivery_stream *stream = world_stream(w, "s");

        fault_arm(mem_fault, n, false);
        db_unit_begin(w->db);
        enum status status = delivery_accept(w->engine, stream, &chunk, 1);
        enum status ended = db_unit_end(w->db, status == STATUS_OK);
        fault_disarm(mem_fault);
        bool fired = mem_fault->fired;

        world_advance(w, 3600 * SECOND);
        bool is_kept = status == STATUS_OK && ended == STATUS_OK;
        assert_int_equal(world_object_count(w), is_kept ? 1 : 0);
        end(w);
        mem_fault->fired = fired;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(test) cmocka_unit_test_setup_teardown(test, mem_fault_set_up, mem_fault_tear_down)
        TEST(no_record_is_lost_when_an_allocation_fails),
        TEST(no_record_is_lost_when_memory_stays_exhausted_for_a_while),
        TEST(partitions_and_the_backup_lose_nothing_either),
        TEST(what_could_not_be_accepted_is_not_delivered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
