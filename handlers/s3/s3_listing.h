/*
 * s3_listing.h -- what the lists of a bucket (objects, versions, uploads) have in common.
 */
#ifndef HANDLERS_S3_S3_LISTING_H
#define HANDLERS_S3_S3_LISTING_H

#include <stdbool.h>

#include "storage/object_list.h"

#define S3_LISTING_MAX 1000U

struct call;
struct text;

struct s3_listing {
    struct object_list list;
    bool encodes; /* encoding-type=url */
};

/* prefix, delimiter, encoding-type, and the maximum in `max_name`. False: refused. */
bool s3_listing_read(struct call *call, const char *max_name, struct s3_listing *listing);

/* A name in its element, encoded when that was asked for. */
void s3_listing_put_name(struct text *xml, const struct s3_listing *listing, const char *element,
                         struct slice name);

/* The groups; Delimiter and EncodingType; IsTruncated. */
void s3_listing_put_groups(struct text *xml, const struct s3_listing *listing);
void s3_listing_put_form(struct text *xml, const struct s3_listing *listing);
void s3_listing_put_truncated(struct text *xml, const struct s3_listing *listing);

/* ChecksumAlgorithm and ChecksumType of a row that has one. */
void s3_listing_put_checksum(struct text *xml, const struct object_list_row *row);

/* The bucket's owner. `has_name`: with a DisplayName, as an Initiator has. */
void s3_listing_put_user(struct call *call, struct text *xml, const char *element, bool has_name);

/* Run it. False: refused. */
bool s3_listing_run(struct call *call, struct s3_listing *listing);

#endif
