/* A tree that was read, written and read again is the same tree. */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"

#define ARENA_BYTES ((size_t)16 * 1024 * 1024)

static void write_element(struct text *out, const struct xml_element *element, struct arena *arena)
{
    const char *name = arena_text(arena, element->name);
    FUZZ_CHECK(name != NULL);
    xml_open(out, name, NULL);
    xml_text(out, element->text);
    for (const struct xml_element *child = element->first_child; child; child = child->next)
        write_element(out, child, arena);
    xml_close(out, name);
}

static void check_same(const struct xml_element *a, const struct xml_element *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        FUZZ_CHECK(slice_equal(a->name, b->name));
        FUZZ_CHECK(slice_equal(a->text, b->text));
        check_same(a->first_child, b->first_child);
    }
    FUZZ_CHECK(a == NULL && b == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct text out;
    text_init(&out, XML_MAX_BYTES);
    const struct xml_element *root = NULL;
    if (xml_parse(slice_make(data, size), &arena, &root) == STATUS_OK) {
        write_element(&out, root, &arena);
        const struct xml_element *again = NULL;
        FUZZ_CHECK(out.status == STATUS_OK);
        FUZZ_CHECK(xml_parse(text_slice(&out), &arena, &again) == STATUS_OK);
        check_same(root, again);
    }
    text_close(&out);
    arena_clear(&arena);
    return 0;
}
