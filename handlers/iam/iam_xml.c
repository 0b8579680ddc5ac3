#include "handlers/iam/iam_xml.h"

#include <ctype.h>
#include <string.h>

#include "emulator/base/dates.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"

void iam_xml_time(struct text *xml, const char *name, int64_t epoch_ms)
{
    char date[DATE_TEXT_BYTES];
    dates_format(epoch_ms, "%Y-%m-%dT%H:%M:%SZ", date);
    xml_put(xml, name, slice_of(date));
}

void iam_xml_bool(struct text *xml, const char *name, bool value)
{
    xml_put(xml, name, value ? SLICE("true") : SLICE("false"));
}

void iam_xml_optional(struct text *xml, const char *name, struct slice value)
{
    if (value.len > 0)
        xml_put(xml, name, value);
}

static bool stands_for_itself(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("-._~", c) != NULL);
}

void iam_xml_document(struct text *xml, const char *name, struct slice document)
{
    static const char digits[] = "0123456789ABCDEF";
    xml_open(xml, name, NULL);
    for (size_t i = 0; i < document.len; i++) {
        unsigned char byte = (unsigned char)document.ptr[i];
        if (stands_for_itself(document.ptr[i])) {
            text_append_byte(xml, document.ptr[i]);
            continue;
        }
        text_append_byte(xml, '%');
        text_append_byte(xml, digits[byte >> 4]);
        text_append_byte(xml, digits[byte & 15]);
    }
    xml_close(xml, name);
}

void iam_xml_boundary(struct text *xml, struct slice arn)
{
    if (arn.len == 0)
        return;
    xml_open(xml, "PermissionsBoundary", NULL);
    xml_put(xml, "PermissionsBoundaryType", SLICE("Policy"));
    xml_put(xml, "PermissionsBoundaryArn", arn);
    xml_close(xml, "PermissionsBoundary");
}
