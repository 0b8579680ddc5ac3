/*
 * answer_form.h -- an answer's JSON in another form. For the protocols of this folder.
 *
 * In CBOR every number that is no time is a double. In XML a list's elements are called "member",
 * a map's entries "entry", as in every query service of AWS that matters here.
 */
#ifndef EMULATOR_PROTOCOL_ANSWER_FORM_H
#define EMULATOR_PROTOCOL_ANSWER_FORM_H

#include <stddef.h>

struct json;
struct text;

enum answer_kind {
    ANSWER_TIME, /* a number, or a list of numbers: epoch seconds */
    ANSWER_MAP   /* an object whose names are data */
};

/* What a member of that name is, wherever it stands in the service's answers. */
struct answer_form {
    const char *name;
    enum answer_kind kind;
};

struct answer_forms {
    const struct answer_form *items;
    size_t count;
};

void answer_form_write_cbor(const struct json *value, struct answer_forms forms, struct text *out);

/* The members of an object, one element each, without an element around them. */
void answer_form_write_xml(const struct json *object, struct answer_forms forms, struct text *out);

#endif
