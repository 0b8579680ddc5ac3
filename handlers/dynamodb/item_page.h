/*
 * item_page.h -- one page of Query or Scan: which items count, what of them is answered, and where
 * it stops: after Limit items or 1 MB were evaluated, counted before filter and projection.
 *
 *     read_options -> run: walk a slice, and in each later turn another -> answer
 *
 * Items go straight from the walk into the answer's text. A slice is a fraction of a millisecond's
 * work, so that others are served between two; what they write meanwhile may be seen or not.
 */
#ifndef HANDLERS_DYNAMODB_ITEM_PAGE_H
#define HANDLERS_DYNAMODB_ITEM_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call_turns.h"
#include "handlers/dynamodb/placeholders.h"
#include "storage/item_store.h"

#define PAGE_MAX_BYTES ((int64_t)1024 * 1024)

struct expression;
struct path_tree;
struct table;
struct work;

/* Lives in the call's arena. */
struct item_page {
    struct work *work;
    const struct table *table;
    struct placeholders placeholders;
    struct expression *filter;    /* NULL without one */
    struct path_tree *projection; /* NULL: everything */
    bool is_count;                /* no items, only how many */
    int64_t limit;
    struct text out;
    struct json_writer w;
    int64_t evaluated_bytes;
    int64_t evaluated;
    int64_t matched;
    struct slice last_key; /* a document, once stopped early */
    bool is_done;
    enum status status;
    enum status (*walk)(struct item_page *page); /* the next slice; the query's or scan's */
    struct call_turns turns;
};

/*
 * Filter, projection, Select and Limit of the input; placeholders must have been read. Refuses
 * IndexName.
 */
NODISCARD enum status item_page_read_options(struct item_page *page, const char *legacy_filter);

/* Walk slice after slice and answer, at once or later. */
NODISCARD enum status item_page_run(struct item_page *page,
                                    enum status (*walk)(struct item_page *page));

/* In `walk`: true when there may be more, to be read behind walk->key in the next slice. */
bool item_page_read_slice(struct item_page *page, struct item_walk *walk);

#endif
