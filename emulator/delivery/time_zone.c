#include "emulator/delivery/time_zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/delivery/zone_rule.h"

#define FOLDER "/usr/share/zoneinfo"

enum { FILE_MAX_BYTES = 64 * 1024, PATH_BYTES = 160, HEADER_BYTES = 44 };

/* Bytes of one ttinfo: offset, is daylight saving, place of the abbreviation. */
enum { TYPE_BYTES = 6 };

/* The second, 64-bit block of a file; in the arena with the file's bytes. */
struct time_zone {
    uint32_t transition_count;
    uint32_t type_count;
    const char *transitions; /* 8 bytes each, ascending */
    const char *indexes;     /* into types, one byte each */
    const char *types;
    struct slice abbreviations; /* NUL behind each */
    bool has_rule;              /* for times behind the last transition */
    struct zone_rule rule;
};

/* ---- reading ---- */

static uint32_t get_u32(const char *at)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

static int64_t get_i64(const char *at)
{
    return (int64_t)((uint64_t)get_u32(at) << 32 | get_u32(at + 4));
}

/* The counts of a block's header. */
struct block {
    uint32_t is_ut;
    uint32_t is_std;
    uint32_t leaps;
    uint32_t transitions;
    uint32_t types;
    uint32_t chars;
};

static enum status take_header(struct slice *rest, struct block *ret_block)
{
    if (rest->len < HEADER_BYTES || !slice_starts_with(*rest, SLICE("TZif")) || rest->ptr[4] < '2')
        return STATUS_CORRUPT;
    const char *at = rest->ptr + 20;
    *ret_block = (struct block){get_u32(at),      get_u32(at + 4),  get_u32(at + 8),
                                get_u32(at + 12), get_u32(at + 16), get_u32(at + 20)};
    *rest = slice_from(*rest, HEADER_BYTES);
    return STATUS_OK;
}

static uint64_t block_bytes(const struct block *b, unsigned time_bytes)
{
    return (uint64_t)b->transitions * (time_bytes + 1) + (uint64_t)b->types * TYPE_BYTES +
           b->chars + (uint64_t)b->leaps * (time_bytes + 4) + b->is_std + b->is_ut;
}

static bool has_good_types(const struct time_zone *zone)
{
    for (uint32_t i = 0; i < zone->transition_count; i++) {
        if ((unsigned char)zone->indexes[i] >= zone->type_count)
            return false;
    }
    for (uint32_t i = 0; i < zone->type_count; i++) {
        if ((unsigned char)zone->types[(size_t)i * TYPE_BYTES + 5] >= zone->abbreviations.len)
            return false;
    }
    return zone->type_count > 0;
}

static enum status read_block(struct slice *rest, struct time_zone *zone)
{
    struct block b;
    enum status status = take_header(rest, &b);
    if (status != STATUS_OK)
        return status;
    if (block_bytes(&b, 8) > rest->len || b.leaps > 0)
        return STATUS_CORRUPT;
    const char *at = rest->ptr;
    zone->transition_count = b.transitions;
    zone->type_count = b.types;
    zone->transitions = at;
    zone->indexes = at + (size_t)b.transitions * 8;
    zone->types = zone->indexes + b.transitions;
    zone->abbreviations = slice_make(zone->types + (size_t)b.types * TYPE_BYTES, b.chars);
    *rest = slice_from(*rest, (size_t)block_bytes(&b, 8));
    return has_good_types(zone) ? STATUS_OK : STATUS_CORRUPT;
}

/* "\n<rule>\n"; the rule may be empty. */
static enum status read_footer(struct slice rest, struct time_zone *zone)
{
    if (!slice_starts_with(rest, SLICE("\n")))
        return STATUS_CORRUPT;
    struct slice text = slice_from(rest, 1);
    size_t end = slice_find(text, '\n');
    if (end == text.len)
        return STATUS_CORRUPT;
    zone->has_rule = end > 0;
    return end > 0 ? zone_rule_parse(slice_first(text, end), &zone->rule) : STATUS_OK;
}

enum status time_zone_parse(struct slice file, struct arena *arena,
                            const struct time_zone **ret_zone)
{
    struct block old; /* the first block has 32-bit times: skipped */
    struct slice rest;
    struct time_zone *zone = arena_zalloc(arena, sizeof(*zone));
    enum status status = arena_copy(arena, file, &rest);
    if (zone == NULL || status != STATUS_OK)
        return STATUS_NO_MEMORY;
    status = take_header(&rest, &old);
    if (status == STATUS_OK && block_bytes(&old, 4) > rest.len)
        status = STATUS_CORRUPT;
    if (status != STATUS_OK)
        return status;
    rest = slice_from(rest, (size_t)block_bytes(&old, 4));
    status = read_block(&rest, zone);
    if (status == STATUS_OK)
        status = read_footer(rest, zone);
    if (status == STATUS_OK)
        *ret_zone = zone;
    return status;
}

static enum status read_file(const char *path, char *bytes, size_t *ret_len)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : status_from_errno(errno);
    size_t len = 0;
    ssize_t got = 0;
    do {
        got = read(file, bytes + len, FILE_MAX_BYTES - len);
        len += got > 0 ? (size_t)got : 0;
    } while (got > 0 && len < FILE_MAX_BYTES);
    int error = errno;
    (void)close(file);
    if (got < 0)
        return error == EISDIR ? STATUS_NOT_FOUND : status_from_errno(error);
    *ret_len = len;
    return len < FILE_MAX_BYTES ? STATUS_OK : STATUS_CORRUPT;
}

/* Files of the database that are no zones: one is the machine's own, which keys must not depend on.
 */
static bool is_no_zone(struct slice name)
{
    return slice_equal_text(name, "localtime") || slice_equal_text(name, "posixrules") ||
           slice_equal_text(name, "Factory");
}

/* Letters, digits and what stands in names of zones; copies of the whole database are none. */
static bool is_zone_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '/' || c == '_' || c == '-' || c == '+';
        if (!fits)
            return false;
    }
    return name.len > 0 && name.ptr[0] != '/' && !is_no_zone(name) &&
           !slice_starts_with(name, SLICE("posix/")) && !slice_starts_with(name, SLICE("right/"));
}

enum status time_zone_load(struct slice name, struct arena *arena,
                           const struct time_zone **ret_zone)
{
    if (name.len == 0 || slice_equal_text(name, "UTC")) {
        *ret_zone = NULL;
        return STATUS_OK;
    }
    char path[PATH_BYTES];
    char bytes[FILE_MAX_BYTES];
    size_t len = 0;
    if (!is_zone_name(name) || name.len > PATH_BYTES - sizeof(FOLDER) - 1)
        return STATUS_NOT_FOUND;
    (void)snprintf(path, sizeof(path), FOLDER "/%.*s", SLICE_ARG(name));
    enum status status = read_file(path, bytes, &len);
    struct slice file = slice_make(bytes, len);
    if (status != STATUS_OK)
        return status;
    if (!slice_starts_with(file, SLICE("TZif"))) /* tables of the zones, and the like */
        return STATUS_NOT_FOUND;
    return time_zone_parse(file, arena, ret_zone);
}

/* ---- asking ---- */

/* How many transitions are not behind that moment. */
static uint32_t transitions_until(const struct time_zone *zone, int64_t epoch_s)
{
    uint32_t low = 0;
    uint32_t high = zone->transition_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (get_i64(zone->transitions + (size_t)middle * 8) <= epoch_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct zone_time find(const struct time_zone *zone, int64_t epoch_s)
{
    uint32_t passed = transitions_until(zone, epoch_s);
    if (passed == zone->transition_count && zone->has_rule)
        return zone_rule_at(&zone->rule, epoch_s);
    uint32_t index = passed == 0 ? 0 : (unsigned char)zone->indexes[passed - 1];
    const char *type = zone->types + (size_t)index * TYPE_BYTES;
    struct slice name = slice_from(zone->abbreviations, (unsigned char)type[5]);
    return (struct zone_time){(int32_t)get_u32(type), slice_first(name, slice_find(name, '\0'))};
}

int32_t time_zone_offset(const struct time_zone *zone, int64_t epoch_s)
{
    return zone != NULL ? find(zone, epoch_s).offset_s : 0;
}

struct slice time_zone_abbreviation(const struct time_zone *zone, int64_t epoch_s)
{
    return zone != NULL ? find(zone, epoch_s).name : SLICE("UTC");
}
