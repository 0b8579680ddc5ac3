#include "storage/tree_names.h"

#include <stdbool.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/hash.h"
#include "emulator/base/text.h"

#define CUT_BYTES 150U
#define HASH_DIGITS 16U
#define ESCAPED_MAX_BYTES ((size_t)8 * 1024)

static bool needs_escape(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7F || byte == '%' || byte == '\\';
}

static void append_escaped(struct text *out, struct slice part)
{
    for (size_t i = 0; i < part.len; i++) {
        unsigned char byte = (unsigned char)part.ptr[i];
        if (needs_escape(byte))
            text_printf(out, "%%%02X", (unsigned)byte);
        else
            text_append_byte(out, part.ptr[i]);
    }
}

/* Not in the middle of a UTF-8 character. */
static size_t cut_length(const char *name)
{
    size_t len = CUT_BYTES;
    while (len > 0 && ((unsigned char)name[len] & 0xC0) == 0x80)
        len--;
    return len;
}

static char *shortened(struct slice part, const char *name, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    hash_sha256(part, digest);
    hash_hex(digest, sizeof(digest), hex);
    return arena_printf(arena, "%.*s%%~%.*s", (int)cut_length(name), name, (int)HASH_DIGITS, hex);
}

static char *make_name(struct slice part, struct arena *arena)
{
    if (part.len == 0)
        return arena_text(arena, SLICE("%"));
    if (slice_equal(part, SLICE(".")))
        return arena_text(arena, SLICE("%2E"));
    if (slice_equal(part, SLICE("..")))
        return arena_text(arena, SLICE("%2E%2E"));
    struct text name;
    text_init_in(&name, arena, ESCAPED_MAX_BYTES);
    append_escaped(&name, part);
    if (name.status != STATUS_OK)
        return NULL;
    return name.len > TREE_NAME_MAX_BYTES ? shortened(part, name.ptr, arena) : name.ptr;
}

static size_t count_parts(struct slice key)
{
    size_t count = 1;
    for (size_t i = 0; i < key.len; i++)
        count += key.ptr[i] == '/' ? 1 : 0;
    return count;
}

enum status tree_names_make(struct slice key, struct arena *arena, struct tree_path *ret_path)
{
    size_t count = count_parts(key);
    char **names = arena_alloc(arena, count * sizeof(*names));
    if (names == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        names[i] = make_name(slice_cut(&key, '/'), arena);
        if (names[i] == NULL)
            return STATUS_NO_MEMORY;
    }
    *ret_path = (struct tree_path){names, count};
    return STATUS_OK;
}
