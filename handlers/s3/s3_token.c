#include "handlers/s3/s3_token.h"

#include "emulator/base/arena.h"
#include "emulator/base/hash.h"

#define TOKEN_MARK '1' /* the form of the rest: hexadecimal */

enum status s3_token_make(struct slice name, struct arena *arena, struct slice *ret_token)
{
    size_t len = 1 + 2 * name.len;
    char *token = arena_alloc(arena, len + 1);
    if (token == NULL)
        return STATUS_NO_MEMORY;
    token[0] = TOKEN_MARK;
    hash_hex((const uint8_t *)name.ptr, name.len, token + 1);
    *ret_token = slice_make(token, len);
    return STATUS_OK;
}

static int hex_value(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

enum status s3_token_read(struct slice token, struct arena *arena, struct slice *ret_name)
{
    if (token.len < 3 || token.len % 2 != 1 || token.ptr[0] != TOKEN_MARK)
        return STATUS_INVALID;
    size_t len = token.len / 2;
    char *name = arena_alloc(arena, len);
    if (name == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(token.ptr[1 + 2 * i]);
        int low = hex_value(token.ptr[2 + 2 * i]);
        if (high < 0 || low < 0)
            return STATUS_INVALID;
        name[i] = (char)(high * 16 + low);
    }
    *ret_name = slice_make(name, len);
    return STATUS_OK;
}
