#include "handlers/iam/iam_page.h"

#include <stdio.h>

#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/iam_xml.h"

#define MAX_ITEMS_DEFAULT 100

bool iam_page_read(struct call *call, struct iam_page *ret_page)
{
    struct slice marker = json_member_string(call->input, "Marker");
    struct iam_page page = {.max = json_member_integer(call->input, "MaxItems", MAX_ITEMS_DEFAULT)};
    enum status status = STATUS_OK;
    if (marker.len > 0)
        status = base64_decode(marker, &call->arena, &page.after);
    if (status == STATUS_INVALID)
        call_fail(call, &iam_error_validation, "Invalid Marker.");
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "reading the marker");
    *ret_page = page;
    return status == STATUS_OK;
}

bool iam_page_takes(struct iam_page *page)
{
    page->is_truncated = page->count == page->max;
    if (!page->is_truncated)
        page->count++;
    return !page->is_truncated;
}

void iam_page_write(const struct iam_page *page, struct text *xml)
{
    iam_xml_bool(xml, "IsTruncated", page->is_truncated);
    if (!page->is_truncated)
        return;
    xml_open(xml, "Marker", NULL);
    base64_append(xml, page->last);
    xml_close(xml, "Marker");
}

int64_t iam_page_after_number(const struct iam_page *page)
{
    int64_t number = 0;
    return slice_to_i64(page->after, &number) == STATUS_OK ? number : 0;
}

void iam_page_set_last_number(struct iam_page *page, int64_t number)
{
    (void)snprintf(page->number, sizeof(page->number), "%lld", (long long)number);
    page->last = slice_of(page->number);
}
