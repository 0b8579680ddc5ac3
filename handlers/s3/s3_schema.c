#include "handlers/s3/s3_schema.h"

#include <string.h>

#include "emulator/base/dates.h"
#include "emulator/base/xml.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_schema_rows.h"

/* One member of a row, taken apart. */
struct member {
    struct slice name;
    char sign;         /* '!', '*', '+' or 0 */
    char kind;         /* '?', '#', '@', ':', '=' or 0 */
    struct slice more; /* words or a type */
};

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static struct member parse_member(struct slice text)
{
    struct member m = {0};
    size_t at = 0;
    while (at < text.len && is_name_char(text.ptr[at]))
        at++;
    m.name = slice_first(text, at);
    if (at < text.len && strchr("!*+", text.ptr[at]) != NULL)
        m.sign = text.ptr[at++];
    if (at < text.len)
        m.kind = text.ptr[at++];
    m.more = slice_from(text, at);
    return m;
}

static bool is_word_of(struct slice word, struct slice words)
{
    while (words.len > 0) {
        if (slice_equal(slice_cut(&words, '|'), word))
            return true;
    }
    return false;
}

static bool is_bool(struct slice text)
{
    return slice_equal_nocase(text, SLICE("true")) || slice_equal_nocase(text, SLICE("false"));
}

static const struct s3_schema_row *find_row(struct slice type)
{
    for (size_t i = 0; i < sizeof(s3_schema_rows) / sizeof(s3_schema_rows[0]); i++) {
        if (slice_equal_text(type, s3_schema_rows[i].type))
            return &s3_schema_rows[i];
    }
    return NULL;
}

static bool accepts(const struct xml_element *element, struct slice type);

static bool accepts_value(const struct xml_element *element, const struct member *m)
{
    int64_t number = 0;
    struct slice text = slice_trim(element->text);
    if (m->kind == '=')
        return accepts(element, m->more);
    if (element->first_child != NULL)
        return false;
    switch (m->kind) {
    case '?':
        return is_bool(text);
    case '#':
        return slice_to_i64(text, &number) == STATUS_OK;
    case '@':
        return dates_parse_iso(text, &number) == STATUS_OK;
    case ':':
        return is_word_of(text, m->more);
    default:
        return true;
    }
}

static bool accepts_member(const struct xml_element *element, const struct member *m)
{
    size_t count = 0;
    for (const struct xml_element *child = element->first_child; child != NULL;
         child = child->next) {
        if (!slice_equal(child->name, m->name))
            continue;
        if (!accepts_value(child, m))
            return false;
        count++;
    }
    if (m->sign == '!' || m->sign == '+')
        return m->sign == '!' ? count == 1 : count > 0;
    return m->sign == '*' || count <= 1;
}

static bool has_member(const struct s3_schema_row *row, struct slice name)
{
    struct slice rest = slice_of(row->members);
    while (rest.len > 0) {
        struct member m = parse_member(slice_cut(&rest, ' '));
        if (slice_equal(m.name, name))
            return true;
    }
    return false;
}

static bool accepts(const struct xml_element *element, struct slice type)
{
    const struct s3_schema_row *row = find_row(type);
    struct slice rest = slice_of(row != NULL ? row->members : "");
    while (rest.len > 0) {
        struct member m = parse_member(slice_cut(&rest, ' '));
        if (!accepts_member(element, &m))
            return false;
    }
    for (const struct xml_element *child = element->first_child; child != NULL;
         child = child->next) {
        if (row == NULL || !has_member(row, child->name))
            return false;
    }
    return row != NULL;
}

bool s3_schema_accepts(const struct xml_element *element, const char *type)
{
    return accepts(element, slice_of(type));
}

int64_t s3_schema_number(const struct xml_element *parent, const char *name)
{
    int64_t number = 0;
    return slice_to_i64(slice_trim(xml_child_text(parent, name)), &number) == STATUS_OK ? number
                                                                                        : 0;
}

bool s3_schema_read(struct call *call, const struct s3_xml_rule *rule,
                    const struct xml_element **ret_root)
{
    struct slice body = call->body;
    if (rule->needs_digest && !s3_digests_are_sent(call))
        return s3_refuse(
            call, S3_INVALID_REQUEST,
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
    if (!s3_digests_check_bytes(call, true, &body))
        return false;
    enum status status = xml_parse(body, &call->arena, ret_root);
    if (status == STATUS_NO_MEMORY)
        return s3_refuse_internal(call, status, "reading the body");
    if (status != STATUS_OK || !slice_equal_text((*ret_root)->name, rule->root) ||
        !s3_schema_accepts(*ret_root, rule->type))
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    return true;
}
