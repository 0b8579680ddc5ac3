#include "emulator/isolation/wire.h"

#include <string.h>

static void put(struct wire_writer *w, const void *bytes, size_t len)
{
    if (w->is_bad || len > w->room - w->len) {
        w->is_bad = true;
        return;
    }
    if (len > 0)
        memcpy(w->ptr + w->len, bytes, len);
    w->len += len;
}

void wire_put_number(struct wire_writer *w, int64_t number)
{
    put(w, &number, sizeof(number));
}

void wire_put_bytes(struct wire_writer *w, struct slice bytes)
{
    wire_put_number(w, (int64_t)bytes.len);
    put(w, bytes.ptr, bytes.len);
}

void wire_put_raw(struct wire_writer *w, struct slice bytes)
{
    put(w, bytes.ptr, bytes.len);
}

void wire_put_text(struct wire_writer *w, const char *text)
{
    wire_put_number(w, text != NULL);
    if (text != NULL)
        wire_put_bytes(w, slice_of(text));
}

/* `len` bytes; NULL when there are not so many. */
static const char *take(struct wire_reader *r, size_t len)
{
    if (r->is_bad || len > r->rest.len) {
        r->is_bad = true;
        return NULL;
    }
    const char *at = r->rest.ptr;
    r->rest = slice_from(r->rest, len);
    return at;
}

int64_t wire_get_number(struct wire_reader *r)
{
    int64_t number = 0;
    const char *at = take(r, sizeof(number));
    if (at != NULL)
        memcpy(&number, at, sizeof(number));
    return number;
}

size_t wire_get_count(struct wire_reader *r, size_t most)
{
    int64_t number = wire_get_number(r);
    if (number >= 0 && (uint64_t)number <= most)
        return (size_t)number;
    r->is_bad = true;
    return 0;
}

bool wire_get_flag(struct wire_reader *r)
{
    return wire_get_count(r, 1) == 1;
}

struct slice wire_get_raw(struct wire_reader *r, size_t len)
{
    const char *at = take(r, len);
    return at != NULL ? slice_make(at, len) : slice_make(NULL, 0);
}

struct slice wire_get_bytes(struct wire_reader *r)
{
    return wire_get_raw(r, wire_get_count(r, r->rest.len));
}

struct slice wire_get_text(struct wire_reader *r)
{
    return wire_get_flag(r) ? wire_get_bytes(r) : slice_make(NULL, 0);
}
