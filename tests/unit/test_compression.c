#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <snappy-c.h>
#include <zlib.h>

#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/compression.h"
#include "storage/blobs.h"
#include "tests/lib/asserts.h"
#include "tests/lib/temporary_folder.h"

#define ENTRY "0e984725-c51c-4bf4-9960-e1c80e27aba0"
#define START_MS INT64_C(1795645643084) /* 2026-11-25T22:27:23.084Z */
#define BLOCK ((size_t)32 * 1024)
#define MAX_BYTES ((size_t)4 * 1024 * 1024)

static char folder[TEMPORARY_FOLDER_BYTES];
static struct blob_store *blobs;
static struct text packed;   /* the last body that was made */
static struct text unpacked; /* and what it holds */

static int set_up(void **state)
{
    (void)state;
    char path[TEMPORARY_FOLDER_BYTES + 16];
    assert_int_equal(temporary_folder_make(folder), 0);
    (void)snprintf(path, sizeof(path), "%s/blobs", folder);
    assert_ok(blob_store_open(path, false, &blobs));
    text_init(&packed, MAX_BYTES);
    text_init(&unpacked, MAX_BYTES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    text_close(&packed);
    text_close(&unpacked);
    blob_store_close(blobs);
    return temporary_folder_remove(folder);
}

static void read_body(const struct body *body)
{
    text_clear(&packed);
    if (body->is_inline) {
        text_append(&packed, body->inline_bytes);
        return;
    }
    int file = -1;
    assert_ok(blob_open(blobs, body->blob_id, &file));
    char *room = text_reserve(&packed, body->size);
    assert_non_null(room);
    assert_int_equal(pread(file, room, body->size, 0), (ssize_t)body->size);
    text_grew(&packed, body->size);
    close(file);
}

/* `content` in pieces of `step` bytes. */
static void pack(enum delivery_compression compression, struct slice content, size_t step)
{
    struct compression_options options = {compression, SLICE(ENTRY), START_MS};
    struct body_writer *writer = NULL;
    struct compressor *compressor = NULL;
    struct body body;
    assert_ok(body_writer_create(blobs, &writer));
    assert_ok(compressor_create(&options, writer, &compressor));
    for (; content.len > 0; content = slice_from(content, step))
        assert_ok(compressor_append(compressor, slice_first(content, step)));
    assert_ok(compressor_finish(compressor));
    compressor_destroy(compressor);
    assert_ok(body_writer_finish(writer, &body));
    read_body(&body);
    body_writer_destroy(writer);
    text_clear(&unpacked);
}

/* More than two blocks of text that compresses, but not into nothing. */
static struct slice long_content(struct text *room)
{
    text_init(room, MAX_BYTES);
    for (unsigned i = 0; room->len < 2 * BLOCK + 1000; i++)
        text_printf(room, "line %u of %u\n", i, i * 2654435761U);
    return text_slice(room);
}

static uint64_t number_at(size_t at, unsigned bytes, bool is_big)
{
    uint64_t value = 0;
    assert_true(at + bytes <= packed.len);
    for (unsigned i = 0; i < bytes; i++) {
        size_t place = at + (is_big ? i : bytes - 1 - i);
        value = value << 8 | (unsigned char)packed.ptr[place];
    }
    return value;
}

static void inflate_all(struct slice bytes, int window_bits)
{
    z_stream z = {.next_in = (z_const Bytef *)bytes.ptr, .avail_in = (uInt)bytes.len};
    assert_int_equal(inflateInit2(&z, window_bits), Z_OK);
    z.next_out = (Bytef *)text_reserve(&unpacked, MAX_BYTES / 2);
    z.avail_out = (uInt)(MAX_BYTES / 2);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
    text_grew(&unpacked, z.total_out);
    assert_int_equal(inflateEnd(&z), Z_OK);
}

/* One block of `len` compressed bytes. */
static size_t unsnap(size_t at, size_t len)
{
    size_t size = BLOCK;
    assert_true(at + len <= packed.len);
    char *room = text_reserve(&unpacked, BLOCK);
    assert_int_equal(snappy_uncompress(packed.ptr + at, len, room, &size), SNAPPY_OK);
    text_grew(&unpacked, size);
    return size;
}

static void each_word_has_its_extension_and_encoding(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"UNCOMPRESSED", "", ""},
        {"GZIP", ".gz", "gzip"},
        {"ZIP", ".zip", "zip"},
        {"Snappy", ".snappy", "snappy-java"},
        {"HADOOP_SNAPPY", ".snappy", "hadoop-snappy"},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum delivery_compression compression = compression_of(slice_of(rows[i][0]));
        assert_int_equal(compression, i);
        assert_slice(compression_extension(compression), rows[i][1]);
        assert_slice(compression_content_encoding(compression), rows[i][2]);
    }
    assert_int_equal(compression_of(SLICE("")), COMPRESSION_NONE);
}

static void gzip_is_one_member(void **state)
{
    (void)state;
    struct text room;
    struct slice content = long_content(&room);
    pack(COMPRESSION_GZIP, content, 777);
    inflate_all(text_slice(&packed), 15 + 16);
    assert_true(slice_equal(text_slice(&unpacked), content));
    pack(COMPRESSION_NONE, content, 777);
    assert_true(slice_equal(text_slice(&packed), content));
    text_close(&room);
}

static void a_zip_holds_one_deflated_entry(void **state)
{
    (void)state;
    pack(COMPRESSION_ZIP, SLICE("hello"), 2);
    size_t end = packed.len - 22;
    assert_int_equal(number_at(0, 4, false), 0x04034b50);
    assert_int_equal(number_at(end, 4, false), 0x06054b50);
    assert_int_equal(number_at(end + 10, 2, false), 1); /* entries */
    size_t directory = number_at(end + 16, 4, false);
    assert_int_equal(number_at(directory, 4, false), 0x02014b50);
    assert_int_equal(directory + number_at(end + 12, 4, false), end);
    assert_int_equal(number_at(directory + 10, 2, false), 8); /* deflated */
    assert_int_equal(number_at(directory + 16, 4, false), crc32(0, (const Bytef *)"hello", 5));
    assert_int_equal(number_at(directory + 24, 4, false), 5);
    /* 22:27:22 on 25 November 2026 */
    assert_int_equal(number_at(directory + 12, 2, false), 22 << 11 | 27 << 5 | 11);
    assert_int_equal(number_at(directory + 14, 2, false), 46 << 9 | 11 << 5 | 25);
    size_t packed_bytes = number_at(directory + 20, 4, false);
    assert_slice(slice_first(slice_from(text_slice(&packed), 30), sizeof(ENTRY) - 1), ENTRY);
    inflate_all(slice_first(slice_from(text_slice(&packed), 30 + sizeof(ENTRY) - 1), packed_bytes),
                -15);
    assert_slice(text_slice(&unpacked), "hello");
}

static void snappy_has_a_header_and_blocks_of_32_kib(void **state)
{
    (void)state;
    struct text room;
    struct slice content = long_content(&room);
    pack(COMPRESSION_SNAPPY, content, 5000);
    assert_memory_equal(packed.ptr, "\x82SNAPPY\0\0\0\0\1\0\0\0\1", 16);
    size_t blocks = 0;
    for (size_t at = 16; at < packed.len; blocks++) {
        size_t len = number_at(at, 4, true);
        size_t size = unsnap(at + 4, len);
        assert_int_equal(size, blocks < 2 ? BLOCK : content.len - 2 * BLOCK);
        at += 4 + len;
    }
    assert_int_equal(blocks, 3);
    assert_true(slice_equal(text_slice(&unpacked), content));
    text_close(&room);
}

static void hadoop_snappy_says_both_lengths_of_a_block(void **state)
{
    (void)state;
    struct text room;
    struct slice content = long_content(&room);
    pack(COMPRESSION_HADOOP_SNAPPY, content, content.len);
    size_t blocks = 0;
    for (size_t at = 0; at < packed.len; blocks++) {
        size_t len = number_at(at + 4, 4, true);
        assert_int_equal(unsnap(at + 8, len), number_at(at, 4, true));
        at += 8 + len;
    }
    assert_int_equal(blocks, 3);
    assert_true(slice_equal(text_slice(&unpacked), content));
    text_close(&room);
}

static void a_full_block_is_not_followed_by_an_empty_one(void **state)
{
    (void)state;
    static char zeros[32 * 1024];
    pack(COMPRESSION_HADOOP_SNAPPY, slice_make(zeros, sizeof(zeros)), 1000);
    assert_int_equal(number_at(0, 4, true), BLOCK);
    assert_int_equal(number_at(4, 4, true) + 8, packed.len);
}

static void nothing_at_all_is_a_valid_body_too(void **state)
{
    (void)state;
    pack(COMPRESSION_GZIP, SLICE(""), 1);
    inflate_all(text_slice(&packed), 15 + 16);
    assert_int_equal(unpacked.len, 0);
    pack(COMPRESSION_SNAPPY, SLICE(""), 1);
    assert_int_equal(packed.len, 16);
    pack(COMPRESSION_HADOOP_SNAPPY, SLICE(""), 1);
    assert_int_equal(packed.len, 0);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_word_has_its_extension_and_encoding),
        TEST(gzip_is_one_member),
        TEST(a_zip_holds_one_deflated_entry),
        TEST(snappy_has_a_header_and_blocks_of_32_kib),
        TEST(hadoop_snappy_says_both_lengths_of_a_block),
        TEST(a_full_block_is_not_followed_by_an_empty_one),
        TEST(nothing_at_all_is_a_valid_body_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
