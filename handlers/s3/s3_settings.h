/*
 * s3_settings.h -- what is set on a bucket by a sub-resource ("?encryption"): one row per kind, and
 * the four operations that do for all of them. Bodies are kept as they were read and given back so.
 *
 * What is carried out of them is said in README.md.
 */
#ifndef HANDLERS_S3_S3_SETTINGS_H
#define HANDLERS_S3_S3_SETTINGS_H

#include <stdbool.h>

#include "handlers/s3/s3_errors.h"

struct call;
struct xml_element;

struct s3_setting {
    const char *name; /* of the operations, behind Put, Get, Delete or List */
    const char *kind; /* as stored */
    const char *root; /* of its XML */
    const char *type; /* a row of s3_schema_rows.h */
    bool has_id;      /* a bucket may have several */
    bool is_marked;   /* what it is at first is not what it is once deleted */
    enum s3_error missing;
    const char *at_first; /* the content of `root` when nothing is set; NULL: `missing` */
    /* What the schema does not say. False: refused. */
    bool (*check)(struct call *call, const struct xml_element *root);
    bool needs_digest;
};

/* The setting the call's operation is about. */
const struct s3_setting *s3_setting_of(const struct call *call);

/* What is set; NULL: nothing, or not any more. False: refused. */
bool s3_setting_load(struct call *call, const char *kind, const struct xml_element **ret_root);

/* The stored text itself, for kinds that are no XML; empty: nothing, with a NULL pointer when it
 * never was set. False: refused. */
bool s3_setting_load_text(struct call *call, const char *kind, struct slice *ret_text);
bool s3_setting_store_text(struct call *call, const char *kind, struct slice text);
bool s3_setting_drop(struct call *call, const char *kind);

/* s3_setting_checks.c */
bool s3_check_accelerate(struct call *call, const struct xml_element *root);
bool s3_check_encryption(struct call *call, const struct xml_element *root);
bool s3_check_lifecycle(struct call *call, const struct xml_element *root);
bool s3_check_logging(struct call *call, const struct xml_element *root);
bool s3_check_object_lock(struct call *call, const struct xml_element *root);
bool s3_check_ownership(struct call *call, const struct xml_element *root);
bool s3_check_replication(struct call *call, const struct xml_element *root);

#endif
