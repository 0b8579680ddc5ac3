#include "handlers/dynamodb/index_write.h"

#include "emulator/sandbox.h"
#include "handlers/dynamodb/capacity.h"
#include "handlers/dynamodb/index_key.h"
#include "handlers/dynamodb/item_change.h"
#include "storage/index_item_store.h"
#include "storage/index_store.h"
#include "storage/table_store.h"

/* While an index is filled, items behind its cursor are not in it yet. */
static bool is_filled_to(const struct table_index *index, const struct item_key *key)
{
    if (!index->is_creating)
        return true;
    int order = slice_compare(key->p, index->cursor.p);
    return order < 0 || (order == 0 && slice_compare(key->s, index->cursor.s) <= 0);
}

static bool has_same_place(const struct index_view *a, const struct index_view *b)
{
    return a->is_in && b->is_in && slice_equal(a->key.p, b->key.p) &&
           slice_equal(a->key.s, b->key.s);
}

/* One change of one index. */
struct step {
    const struct item_change *change;
    const struct table_index *index;
    struct index_view old;
    struct index_view new;
};

static enum status remove_row(const struct step *step)
{
    const struct index_key key = {step->old.key, step->change->key};
    return index_item_store_remove(step->change->sandbox->db, step->index->id, &key);
}

static enum status put_row(const struct step *step, int64_t row)
{
    const struct index_key key = {step->new.key, step->change->key};
    const struct index_item item = {row, step->new.size, step->new.document};
    return index_item_store_put(step->change->sandbox->db, step->index->id, &key, &item);
}

/* Removing and putting take units of their own; a change in place takes those of the larger. */
static int64_t move_units(const struct step *step)
{
    int64_t units = step->old.is_in ? capacity_of_write(step->old.size, 0) : 0;
    return units + (step->new.is_in ? capacity_of_write(0, step->new.size) : 0);
}

static enum status move(const struct step *step, int64_t row, int64_t *ret_units)
{
    enum status status = STATUS_OK;
    if (step->old.is_in)
        status = remove_row(step);
    if (status == STATUS_OK && step->new.is_in)
        status = put_row(step, row);
    *ret_units = move_units(step);
    return status;
}

static enum status change_in_place(const struct step *step, int64_t row, int64_t *ret_units)
{
    bool is_whole = step->index->projection == INDEX_ALL;
    if (!is_whole && slice_equal(step->old.document, step->new.document))
        return STATUS_OK;
    *ret_units = capacity_of_write(step->old.size, step->new.size);
    return is_whole ? STATUS_OK : put_row(step, row);
}

static enum status change_index(struct step *step, int64_t row, int64_t *ret_units)
{
    const struct item_change *change = step->change;
    struct slice before = change->old.row != 0 ? change->old.document : slice_make(NULL, 0);
    enum status status =
        index_key_view(change->table, step->index, before, change->arena, &step->old);
    if (status == STATUS_OK)
        status =
            index_key_view(change->table, step->index, change->document, change->arena, &step->new);
    if (status != STATUS_OK || (!step->old.is_in && !step->new.is_in))
        return status;
    status = has_same_place(&step->old, &step->new) ? change_in_place(step, row, ret_units)
                                                    : move(step, row, ret_units);
    const struct index_counts counts = {(step->new.is_in ? 1 : 0) - (step->old.is_in ? 1 : 0),
                                        step->new.size - step->old.size};
    return status == STATUS_OK ? index_store_add(change->sandbox->db, step->index->id, &counts)
                               : status;
}

enum status index_write_change(const struct item_change *change, int64_t row)
{
    for (size_t i = 0; i < change->table->index_count; i++) {
        struct step step = {.change = change, .index = &change->table->indexes[i]};
        int64_t units = 0;
        if (!is_filled_to(step.index, &change->key))
            continue;
        enum status status = change_index(&step, row, &units);
        if (status != STATUS_OK)
            return status;
        if (change->index_units != NULL)
            change->index_units[i] += units;
    }
    return STATUS_OK;
}

enum status index_write_fill(struct db *db, const struct table *table,
                             const struct table_index *index, const struct index_source *source,
                             struct arena *arena)
{
    struct index_view view;
    enum status status = index_key_view(table, index, source->document, arena, &view);
    if (status != STATUS_OK || !view.is_in)
        return status;
    const struct index_key key = {view.key, source->key};
    const struct index_item item = {source->row, view.size, view.document};
    const struct index_counts counts = {1, view.size};
    status = index_item_store_put(db, index->id, &key, &item);
    return status == STATUS_OK ? index_store_add(db, index->id, &counts) : status;
}
