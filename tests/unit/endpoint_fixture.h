/*
 * endpoint_fixture.h -- two chunks in a committed database, for what is made from them: records
 * "one" (arrived at 1000) and "" (2000), then "\x00\xff" (3000). Ids FIRST and LAST.
 */
#ifndef TESTS_UNIT_ENDPOINT_FIXTURE_H
#define TESTS_UNIT_ENDPOINT_FIXTURE_H

#include "emulator/base/text.h"
#include "emulator/delivery/record_chunk.h"
#include "storage/record_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

#define ENDPOINT_FIRST_ID (record_store_first_id(record_store_buffer(1, 1)) + 1)

static inline void endpoint_fixture_append(struct db *db, int64_t id, const struct slice *records,
                                           uint32_t count, int64_t arrival_ms)
{
    struct text packed;
    struct record_chunk_entry entries[4];
    struct record_chunk_builder builder;
    struct record_chunk chunk;
    text_init(&packed, 65536);
    record_chunk_begin(&builder, &packed, entries, 4);
    for (uint32_t i = 0; i < count; i++)
        record_chunk_add(&builder, records[i], arrival_ms + 1000 * (int64_t)i);
    assert_ok(record_chunk_finish(&builder, &chunk));
    const struct record_store_chunk row = {.id = id,
                                           .records = count,
                                           .bytes = (int64_t)chunk.bytes,
                                           .oldest_ms = arrival_ms,
                                           .packed = chunk.packed};
    assert_ok(record_store_append(db, &row));
    text_close(&packed);
}

static inline int endpoint_fixture_set_up(void **state)
{
    if (store_fixture_set_up(state) != 0)
        return -1;
    struct store_fixture *f = *state;
    const struct slice first[] = {SLICE("one"), SLICE("")};
    const struct slice second[] = {slice_make("\x00\xff", 2)};
    endpoint_fixture_append(f->db, ENDPOINT_FIRST_ID, first, 2, 1000);
    endpoint_fixture_append(f->db, ENDPOINT_FIRST_ID + 1, second, 1, 3000);
    if (db_unit_end(f->db, true) != STATUS_OK || db_commit(f->db) != STATUS_OK)
        return -1;
    db_unit_begin(f->db); /* the other fixture ends one */
    return 0;
}

#endif
