/*
 * log_documents.h -- what the operations of settings that are only kept have in common: resource
 * policies, destinations, saved queries, and policies of groups and accounts.
 */
#ifndef HANDLERS_LOGS_LOG_DOCUMENTS_H
#define HANDLERS_LOGS_LOG_DOCUMENTS_H

#include "storage/log_document_store.h"

struct call;
struct json_writer;

/* STATUS_OK, or the call has been answered with the error and this says which it was. */
NODISCARD enum status log_documents_put(struct call *call, struct slice kind,
                                        const struct log_document *document);

/* Answer with an empty 200, or `missing` when there is none of that name. */
void log_documents_delete(struct call *call, struct slice kind, struct slice name,
                          const char *missing);

/* A list and how its entries are written. */
struct log_document_list {
    struct slice kind;
    const char *name;    /* of the answer's member: "resourcePolicies" */
    struct slice prefix; /* of the documents' names; empty: all */
    const char *limit;   /* the input's member: "limit" */
    void (*write)(struct call *call, struct json_writer *w, const struct log_document *document);
    bool (*is_wanted)(struct call *call, const struct log_document *document); /* NULL: all */
};

/* A page, and the answer. */
void log_documents_list(struct call *call, const struct log_document_list *list);

/* The members of a JSON object, into the object being written. */
void log_documents_write_members(struct call *call, struct json_writer *w, struct slice body);

#endif
