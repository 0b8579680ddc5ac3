/*
 * s3_tags.h -- tags of objects and buckets: from a header, from XML, stored as URL-encoded text
 * ("a=b&c=d"), and out again as XML. Every function that checks returns false when it refused.
 */
#ifndef HANDLERS_S3_S3_TAGS_H
#define HANDLERS_S3_S3_TAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

#define S3_TAGS_OF_OBJECT 10U
#define S3_TAGS_OF_BUCKET 50U

struct call;
struct text;
struct xml_element;

struct s3_tag {
    struct slice key;
    struct slice value;
};

struct s3_tags {
    struct s3_tag tags[S3_TAGS_OF_BUCKET];
    size_t count;
};

/* x-amz-tagging. */
bool s3_tags_from_header(struct call *call, struct slice header, struct slice *ret_stored);

/* The Tag elements in `set`; `max` is one of the two above and says whose they are. */
bool s3_tags_read_set(struct call *call, const struct xml_element *set, size_t max,
                      struct s3_tags *tags);

/* Set or replace. Refuses more than `max`. */
bool s3_tags_add(struct call *call, struct s3_tags *tags, struct s3_tag tag, size_t max);
void s3_tags_remove(struct s3_tags *tags, struct slice key);

struct slice s3_tags_store(struct call *call, const struct s3_tags *tags);
void s3_tags_load(struct call *call, struct slice stored, struct s3_tags *tags);
size_t s3_tags_count(struct slice stored);

/* <name><Tag>...</Tag>...</name> */
void s3_tags_put(struct call *call, struct text *xml, const char *name, struct slice stored);

#endif
