/*
 * iam_page.h -- one page of a list: MaxItems and Marker in, IsTruncated and Marker out.
 *
 *     struct iam_page page;
 *     if (!iam_page_read(call, &page))
 *         return;
 *     for each behind page.after, while iam_page_takes(&page): write it, page.last = where it is
 *     iam_page_write(&page, &body);
 */
#ifndef HANDLERS_IAM_IAM_PAGE_H
#define HANDLERS_IAM_IAM_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct call;
struct text;

struct iam_page {
    struct slice after; /* what the caller's Marker says: `last` of the page before; else empty */
    struct slice last;
    int64_t max;
    int64_t count;
    bool is_truncated;
    char number[24]; /* where `last` may point: pages are not copied */
};

/* False: the call is answered. */
bool iam_page_read(struct call *call, struct iam_page *ret_page);

/* Is there room for one more? The first refusal makes the page a truncated one. */
bool iam_page_takes(struct iam_page *page);

void iam_page_write(const struct iam_page *page, struct text *xml);

/* `after` and `last` as numbers, for lists whose elements have no short name. */
int64_t iam_page_after_number(const struct iam_page *page);
void iam_page_set_last_number(struct iam_page *page, int64_t number);

#endif
