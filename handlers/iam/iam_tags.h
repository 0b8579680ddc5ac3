/*
 * iam_tags.h -- tags of roles, users, instance profiles and policies.
 *
 * Kept as a JSON array of {"Key": ..., "Value": ...}, empty for none. Keys of roles and users are
 * unique whatever the case of their letters, others' are not; policies' are kept by length, then by
 * their bytes, others' in the order they came.
 */
#ifndef HANDLERS_IAM_IAM_TAGS_H
#define HANDLERS_IAM_IAM_TAGS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

#define IAM_TAGS_MAX 50

struct call;
struct iam_page;
struct text;

enum iam_tags_kind {
    IAM_TAGS_OF_PRINCIPAL, /* a role or a user */
    IAM_TAGS_OF_PROFILE,
    IAM_TAGS_OF_POLICY
};

/*
 * `old` with the request's Tags added (or replaced), and without its TagKeys. False: the call is
 * answered.
 */
bool iam_tags_change(struct call *call, enum iam_tags_kind kind, struct slice old,
                     struct slice *ret_tags);

/* <Tags> with one page of them, or all when `page` is NULL. A failure sticks in `xml`. */
void iam_tags_write(struct call *call, struct slice tags, struct iam_page *page, struct text *xml);

#endif
