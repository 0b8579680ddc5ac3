#include "emulator/delivery/zip_entry.h"

#include <time.h>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "storage/blobs.h"

#define LOCAL_SIGNATURE UINT32_C(0x04034b50)
#define DESCRIPTOR_SIGNATURE UINT32_C(0x08074b50)
#define DIRECTORY_SIGNATURE UINT32_C(0x02014b50)
#define END_SIGNATURE UINT32_C(0x06054b50)

enum { VERSION = 20, DEFLATED = 8, RECORD_MAX_BYTES = 512 };

/* Sizes behind the data; the name is UTF-8. */
enum { FLAGS = 0x0808 };

static void put_number(struct text *out, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        text_append_byte(out, (char)(value >> (8 * i) & 0xFF));
}

/* Two seconds' resolution from 1980 on, in UTC. */
static uint32_t dos_time(int64_t epoch_ms)
{
    time_t seconds = (time_t)(epoch_ms / 1000);
    struct tm utc = {0};
    (void)gmtime_r(&seconds, &utc);
    int year = utc.tm_year < 80 ? 0 : utc.tm_year - 80;
    unsigned date = (unsigned)year << 9 | (unsigned)(utc.tm_mon + 1) << 5 | (unsigned)utc.tm_mday;
    unsigned time =
        (unsigned)utc.tm_hour << 11 | (unsigned)utc.tm_min << 5 | (unsigned)utc.tm_sec / 2;
    return (uint32_t)(date << 16 | time);
}

/* What the local header and the directory have in common, up to the checksum. */
static void put_common(struct text *out, const struct zip_entry *entry)
{
    put_number(out, VERSION, 2);
    put_number(out, FLAGS, 2);
    put_number(out, DEFLATED, 2);
    put_number(out, entry->dos_time, 4);
}

static enum status write_record(struct zip_entry *entry, struct text *record)
{
    enum status status = record->status;
    if (status == STATUS_OK)
        status = body_writer_append(entry->writer, text_slice(record));
    text_close(record);
    return status;
}

enum status zip_entry_begin(struct zip_entry *entry, struct body_writer *writer, struct slice name,
                            int64_t modified_ms)
{
    *entry = (struct zip_entry){
        .writer = writer,
        .name = name,
        .dos_time = dos_time(modified_ms),
    };
    struct text record;
    text_init(&record, RECORD_MAX_BYTES);
    put_number(&record, LOCAL_SIGNATURE, 4);
    put_common(&record, entry);
    put_number(&record, 0, 4); /* checksum and sizes: in the descriptor */
    put_number(&record, 0, 8);
    put_number(&record, name.len, 2);
    put_number(&record, 0, 2);
    text_append(&record, name);
    enum status status = write_record(entry, &record);
    entry->start = body_writer_size(writer);
    return status;
}

enum status zip_entry_count(struct zip_entry *entry, struct slice bytes)
{
    if (entry->size + bytes.len > UINT32_MAX)
        return STATUS_TOO_LARGE;
    entry->size += bytes.len;
    entry->crc = hash_crc32(entry->crc, bytes);
    return STATUS_OK;
}

static void put_sizes(struct text *out, const struct zip_entry *entry, uint64_t packed)
{
    put_number(out, entry->crc, 4);
    put_number(out, packed, 4);
    put_number(out, entry->size, 4);
}

static void put_directory(struct text *out, const struct zip_entry *entry, uint64_t packed)
{
    put_number(out, DIRECTORY_SIGNATURE, 4);
    put_number(out, VERSION, 2);
    put_common(out, entry);
    put_sizes(out, entry, packed);
    put_number(out, entry->name.len, 2);
    put_number(out, 0, 8); /* no extra field, no comment, disk 0, binary */
    put_number(out, 0, 4); /* attributes */
    put_number(out, 0, 4); /* the entry stands at the start */
    text_append(out, entry->name);
}

enum status zip_entry_finish(struct zip_entry *entry)
{
    uint64_t end = body_writer_size(entry->writer);
    uint64_t packed = end - entry->start;
    if (end > UINT32_MAX - RECORD_MAX_BYTES)
        return STATUS_TOO_LARGE;
    struct text record;
    text_init(&record, RECORD_MAX_BYTES);
    put_number(&record, DESCRIPTOR_SIGNATURE, 4);
    put_sizes(&record, entry, packed);
    uint64_t directory = end + record.len;
    size_t before = record.len;
    put_directory(&record, entry, packed);
    size_t directory_bytes = record.len - before;
    put_number(&record, END_SIGNATURE, 4);
    put_number(&record, 0, 4); /* disks */
    put_number(&record, 1, 2);
    put_number(&record, 1, 2);
    put_number(&record, directory_bytes, 4);
    put_number(&record, directory, 4);
    put_number(&record, 0, 2); /* no comment */
    return write_record(entry, &record);
}
