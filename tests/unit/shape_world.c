#include "shape_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "emulator/base/json.h"

int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    arena_init(&f->arena, (size_t)64 << 20);
    f->cache = shape_cache_create();
    text_init(&f->message, SHAPE_MESSAGE_MAX);
    text_init(&f->unknown, 4096);
    *state = f;
    return f->cache ? 0 : -1;
}

int tear_down(void **state)
{
    struct fixture *f = *state;
    text_close(&f->unknown);
    text_close(&f->message);
    shape_cache_destroy(f->cache);
    arena_clear(&f->arena);
    free(f);
    return 0;
}

enum shape_verdict check(struct fixture *f, const char *service, const char *name,
                         struct slice body)
{
    const struct shape_operation *operation = shape_find(slice_of(service), slice_of(name));
    assert_non_null(operation);
    struct shape_input input = {.cache = f->cache, .unknown = &f->unknown};
    assert_int_equal(json_parse(body, &f->arena, &input.body), STATUS_OK);
    text_clear(&f->message);
    text_clear(&f->unknown);
    return shape_check(operation, &input, shape_dialect_of(operation), &f->message);
}

const char *said(const struct text *text)
{
    return text->len ? text->ptr : "";
}

void accepted(void **state, const char *service, const char *name, const char *body)
{
    struct fixture *f = *state;
    enum shape_verdict verdict = check(f, service, name, slice_of(body));
    assert_string_equal(said(&f->message), "");
    assert_int_equal(verdict, SHAPE_OK);
}

void refused(void **state, const char *service, const char *name, const char *body,
             const char *message)
{
    struct fixture *f = *state;
    enum shape_verdict verdict = check(f, service, name, slice_of(body));
    assert_string_equal(said(&f->message), message);
    assert_int_equal(verdict, SHAPE_VALIDATION);
}

void unreadable(void **state, const char *service, const char *name, const char *body,
                const char *message)
{
    struct fixture *f = *state;
    enum shape_verdict verdict = check(f, service, name, slice_of(body));
    assert_string_equal(said(&f->message), message);
    assert_int_equal(verdict, SHAPE_SERIALIZATION);
}
