/*
 * item_page.h -- one page of Query or Scan: which items count, what of them is answered, and where
 * it stops: after Limit items or 1 MB were evaluated, counted before filter and projection.
 *
 *     read_options -> begin -> evaluate each item until it says stop -> end
 *
 * Items go straight from the walk into the answer's text.
 */
#ifndef HANDLERS_DYNAMODB_ITEM_PAGE_H
#define HANDLERS_DYNAMODB_ITEM_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/placeholders.h"
#include "storage/item_store.h"

#define PAGE_MAX_BYTES ((int64_t)1024 * 1024)

struct expression;
struct path_tree;
struct table;
struct work;

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
    enum status status;
};

/*
 * Filter, projection, Select and Limit of the input; placeholders must have been read. Refuses
 * IndexName.
 */
NODISCARD enum status item_page_read_options(struct item_page *page);

void item_page_begin(struct item_page *page);

/* False: the page is full, or page->status says what failed. */
bool item_page_evaluate(struct item_page *page, struct slice document, int64_t size);

/* Answer. */
void item_page_end(struct item_page *page);

#endif
