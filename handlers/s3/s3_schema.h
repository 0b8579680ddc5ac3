/*
 * s3_schema.h -- is this XML what S3's schema says it is? Required elements, how often one may
 * stand, words, numbers, dates; unknown elements are refused. What else must hold is the
 * operation's to check.
 */
#ifndef HANDLERS_S3_S3_SCHEMA_H
#define HANDLERS_S3_S3_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

struct call;
struct xml_element;

/* `type` is a row of s3_schema_rows.h. */
bool s3_schema_accepts(const struct xml_element *element, const char *type);

/* The number in a child the schema says is one; 0 when it is absent. */
int64_t s3_schema_number(const struct xml_element *parent, const char *name);

/* How a body of XML is read. */
struct s3_xml_rule {
    const char *root; /* the name of its outermost element... */
    const char *type; /* ...and its type */
    bool needs_digest;
};

/*
 * The call's body, its digests checked, its schema, too. False: refused (MalformedXML, and what
 * s3_digests.h says).
 */
bool s3_schema_read(struct call *call, const struct s3_xml_rule *rule,
                    const struct xml_element **ret_root);

#endif
