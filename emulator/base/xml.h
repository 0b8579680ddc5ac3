/*
 * xml.h -- XML in (expat) and out. The only home of expat.
 *
 * In: a small immutable tree in an arena. No DTD, no entities but the five, a maximum of
 * depth, elements and bytes: STATUS_INVALID beyond. Namespaces must be declared and are
 * otherwise ignored: an element is found by its local name.
 * Out: a writer into a text (sticky errors), text and attribute values escaped.
 */
#ifndef EMULATOR_BASE_XML_H
#define EMULATOR_BASE_XML_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

/* Enough for a CompleteMultipartUpload of 10,000 parts with checksums. */
#define XML_MAX_BYTES ((size_t)8 * 1024 * 1024)
#define XML_MAX_ELEMENTS 100000U
#define XML_MAX_DEPTH 64U

struct arena;
struct text;

struct xml_element {
    struct slice name; /* local name */
    struct slice text; /* character data of this element, children's left out */
    const struct xml_element *first_child;
    const struct xml_element *next; /* sibling */
};

NODISCARD enum status xml_parse(struct slice document, struct arena *arena,
                                const struct xml_element **ret_root);

/* The first child called `name`; NULL when absent or `parent` is NULL. */
const struct xml_element *xml_child(const struct xml_element *parent, const char *name);

/* Its text; empty when absent. */
struct slice xml_child_text(const struct xml_element *parent, const char *name);

/* <?xml ...?> and a line feed, as AWS sends it. */
void xml_declaration(struct text *out);

/* `attributes` is raw, such as `xmlns="..."`, or NULL. */
void xml_open(struct text *out, const char *name, const char *attributes);
void xml_close(struct text *out, const char *name);
void xml_text(struct text *out, struct slice value); /* escaped */

/* An element that was read, with everything in it, as it would be read again. `attributes` are the
 * outermost one's. */
void xml_put_element(struct text *out, const struct xml_element *element, const char *attributes);

/* <name>value</name>; an empty value gives <name></name>. */
void xml_put(struct text *out, const char *name, struct slice value);
void xml_put_integer(struct text *out, const char *name, int64_t value);

#endif
