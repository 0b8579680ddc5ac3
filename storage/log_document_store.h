/*
 * log_document_store.h -- settings of CloudWatch Logs that are kept and told: resource policies,
 * destinations, saved queries. Each is a JSON object under a kind and a name.
 */
#ifndef STORAGE_LOG_DOCUMENT_STORE_H
#define STORAGE_LOG_DOCUMENT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/log_store.h"

struct arena;
struct db;

struct log_document {
    struct slice name;
    int64_t changed_ms;
    struct slice body;
};

/* In the place of one that is there. Writes. */
NODISCARD enum status log_document_put(struct db *db, const struct log_owner *owner,
                                       struct slice kind, const struct log_document *document);

/* STATUS_NOT_FOUND. In the arena. */
NODISCARD enum status log_document_find(struct db *db, const struct log_owner *owner,
                                        struct slice kind, struct slice name, struct arena *arena,
                                        struct log_document *ret_document);

/* STATUS_NOT_FOUND. Writes. */
NODISCARD enum status log_document_remove(struct db *db, const struct log_owner *owner,
                                          struct slice kind, struct slice name);

NODISCARD enum status log_document_count(struct db *db, const struct log_owner *owner,
                                         struct slice kind, int64_t *ret_count);

/* Behind the name `after`, by name. Borrowed until the next step; end with log_cursor_end(). */
void log_documents_begin(struct log_cursor *cursor, struct db *db, const struct log_owner *owner,
                         struct slice kind, struct slice after);
bool log_documents_next(struct log_cursor *cursor, struct log_document *ret_document);

#endif
