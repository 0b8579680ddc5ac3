#include "emulator/base/xml.h"

#include <string.h>

#include <expat.h>

#include "emulator/base/arena.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"

/* An element whose end tag has not come yet. */
struct open_element {
    struct xml_element *element;
    struct xml_element *last_child;
    struct text text; /* heap; kept for the next element at this depth */
};

struct reader {
    XML_Parser parser;
    struct arena *arena; /* borrowed */
    struct open_element open[XML_MAX_DEPTH];
    size_t depth;
    size_t element_count;
    const struct xml_element *root;
    enum status status; /* the first failure; it also stops the parser */
};

static void stop(struct reader *r, enum status status)
{
    if (r->status != STATUS_OK)
        return;
    r->status = status;
    (void)XML_StopParser(r->parser, XML_FALSE);
}

/* expat puts the namespace and this, which no name contains, before the local name. */
#define NAMESPACE_END '\n'

static struct slice local_name(const char *name)
{
    const char *end = strrchr(name, NAMESPACE_END);
    return slice_of(end != NULL ? end + 1 : name);
}

static struct xml_element *make_element(struct reader *r, const char *name)
{
    struct xml_element *element = arena_zalloc(r->arena, sizeof(*element));
    if (element == NULL || arena_copy(r->arena, local_name(name), &element->name) != STATUS_OK)
        return NULL;
    return element;
}

static void attach(struct reader *r, struct xml_element *element)
{
    if (r->depth == 0) {
        r->root = element;
        return;
    }
    struct open_element *parent = &r->open[r->depth - 1];
    if (parent->last_child != NULL)
        parent->last_child->next = element;
    else
        parent->element->first_child = element;
    parent->last_child = element;
}

static void on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
    (void)attributes;
    struct reader *r = arg;
    if (r->status != STATUS_OK)
        return;
    if (r->depth == XML_MAX_DEPTH || r->element_count == XML_MAX_ELEMENTS) {
        stop(r, STATUS_INVALID);
        return;
    }
    struct xml_element *element = make_element(r, name);
    if (element == NULL) {
        stop(r, STATUS_NO_MEMORY);
        return;
    }
    attach(r, element);
    r->element_count++;
    struct open_element *open = &r->open[r->depth++];
    open->element = element;
    open->last_child = NULL;
    text_clear(&open->text);
}

static void on_end(void *arg, const XML_Char *name)
{
    (void)name;
    struct reader *r = arg;
    if (r->status != STATUS_OK)
        return;
    struct open_element *open = &r->open[--r->depth];
    struct slice text = text_slice(&open->text);
    enum status status = open->text.status;
    if (status == STATUS_OK && !slice_is_empty(text))
        status = arena_copy(r->arena, text, &open->element->text);
    if (status != STATUS_OK)
        stop(r, status);
}

static void on_text(void *arg, const XML_Char *text, int len)
{
    struct reader *r = arg;
    if (r->status == STATUS_OK && r->depth > 0)
        text_append(&r->open[r->depth - 1].text, slice_make(text, (size_t)len));
}

/* Entities can only be declared in a DTD, so this shuts out entity tricks altogether. */
static void on_doctype(void *arg, const XML_Char *name, const XML_Char *system_id,
                       const XML_Char *public_id, int has_internal_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    stop(arg, STATUS_INVALID);
}

static enum status status_of_parser(XML_Parser parser)
{
    return XML_GetErrorCode(parser) == XML_ERROR_NO_MEMORY ? STATUS_NO_MEMORY : STATUS_INVALID;
}

static enum status run(struct reader *r, struct slice document)
{
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    enum XML_Status done = XML_Parse(r->parser, document.ptr, (int)document.len, XML_TRUE);
    if (r->status != STATUS_OK)
        return r->status;
    return done == XML_STATUS_OK ? STATUS_OK : status_of_parser(r->parser);
}

static struct reader *create_reader(struct arena *arena)
{
    static const XML_Memory_Handling_Suite memory = {mem_alloc, mem_resize, mem_free};
    struct reader *r = mem_zalloc(sizeof(*r));
    if (r == NULL)
        return NULL;
    r->arena = arena;
    for (size_t i = 0; i < XML_MAX_DEPTH; i++)
        text_init(&r->open[i].text, XML_MAX_BYTES);
    r->parser = XML_ParserCreate_MM(NULL, &memory, (const XML_Char[]){NAMESPACE_END, '\0'});
    if (r->parser == NULL) {
        mem_free(r);
        return NULL;
    }
    return r;
}

static void destroy_reader(struct reader *r)
{
    for (size_t i = 0; i < XML_MAX_DEPTH; i++)
        text_close(&r->open[i].text);
    XML_ParserFree(r->parser);
    mem_free(r);
}

enum status xml_parse(struct slice document, struct arena *arena,
                      const struct xml_element **ret_root)
{
    if (document.len == 0 || document.len > XML_MAX_BYTES)
        return STATUS_INVALID;
    struct reader *r = create_reader(arena);
    if (r == NULL)
        return STATUS_NO_MEMORY;
    enum status status = run(r, document);
    if (status == STATUS_OK)
        *ret_root = r->root;
    destroy_reader(r);
    return status;
}

const struct xml_element *xml_child(const struct xml_element *parent, const char *name)
{
    const struct xml_element *child = parent != NULL ? parent->first_child : NULL;
    while (child != NULL && !slice_equal_text(child->name, name))
        child = child->next;
    return child;
}

struct slice xml_child_text(const struct xml_element *parent, const char *name)
{
    const struct xml_element *child = xml_child(parent, name);
    return child != NULL ? child->text : SLICE("");
}

void xml_declaration(struct text *out)
{
    text_append(out, SLICE("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
}

void xml_open(struct text *out, const char *name, const char *attributes)
{
    text_append_byte(out, '<');
    text_append_text(out, name);
    if (attributes != NULL) {
        text_append_byte(out, ' ');
        text_append_text(out, attributes);
    }
    text_append_byte(out, '>');
}

void xml_close(struct text *out, const char *name)
{
    text_append(out, SLICE("</"));
    text_append_text(out, name);
    text_append_byte(out, '>');
}

static bool needs_escape(char byte)
{
    return ((unsigned char)byte < 0x20 && byte != '\n' && byte != '\t') ||
           strchr("<>&\"'", byte) != NULL;
}

/* A carriage return must be a reference or the reader turns it into a line feed. */
static void escape(struct text *out, char byte)
{
    switch (byte) {
    case '<':
        text_append(out, SLICE("&lt;"));
        break;
    case '>':
        text_append(out, SLICE("&gt;"));
        break;
    case '&':
        text_append(out, SLICE("&amp;"));
        break;
    case '"':
        text_append(out, SLICE("&quot;"));
        break;
    case '\'':
        text_append(out, SLICE("&apos;"));
        break;
    default:
        text_append(out, SLICE("&#"));
        text_append_u64(out, (unsigned char)byte);
        text_append_byte(out, ';');
    }
}

void xml_text(struct text *out, struct slice value)
{
    size_t start = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (!needs_escape(value.ptr[i]))
            continue;
        text_append(out, slice_make(value.ptr + start, i - start));
        escape(out, value.ptr[i]);
        start = i + 1;
    }
    text_append(out, slice_from(value, start));
}

static void open_read(struct text *out, const struct xml_element *element, const char *attributes)
{
    text_append_byte(out, '<');
    text_append(out, element->name);
    if (attributes != NULL)
        text_printf(out, " %s", attributes);
    text_append_byte(out, '>');
}

/* As deep as the reader lets it be. White space between elements says nothing. */
void xml_put_element(struct text *out, const struct xml_element *element, const char *attributes)
{
    open_read(out, element, attributes);
    if (element->first_child == NULL)
        xml_text(out, element->text);
    for (const struct xml_element *child = element->first_child; child != NULL; child = child->next)
        xml_put_element(out, child, NULL);
    text_append(out, SLICE("</"));
    text_append(out, element->name);
    text_append_byte(out, '>');
}

void xml_put(struct text *out, const char *name, struct slice value)
{
    xml_open(out, name, NULL);
    xml_text(out, value);
    xml_close(out, name);
}

void xml_put_integer(struct text *out, const char *name, int64_t value)
{
    xml_open(out, name, NULL);
    text_append_i64(out, value);
    xml_close(out, name);
}
