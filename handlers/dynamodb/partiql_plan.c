#include "handlers/dynamodb/partiql_plan.h"

#include "emulator/base/text.h"
#include "handlers/dynamodb/expression.h"
#include "handlers/dynamodb/item_write.h"
#include "storage/table_store.h"

#define KEY_DOCUMENT_MAX_BYTES ((size_t)64 * 1024)

static bool is_name(const struct expression *node, struct slice name)
{
    return node->kind == EXPRESSION_PATH && node->path.count == 1 && name.len > 0 &&
           slice_equal(node->path.first->name, name);
}

/* "name = value" or "value = name"; NULL when it is not that. */
static const struct expression *equality_of(const struct expression *node, struct slice name)
{
    if (node->kind != EXPRESSION_COMPARE || node->comparator != TOKEN_EQUAL)
        return NULL;
    const struct expression *a = node->first;
    const struct expression *b = a->next;
    if (is_name(a, name) && b->kind == EXPRESSION_VALUE)
        return b;
    return is_name(b, name) && a->kind == EXPRESSION_VALUE ? a : NULL;
}

/* The condition on `name` that `take` takes, among those joined by AND. Recurses once per pair of
 * parentheses. */
static const struct expression *find(const struct expression *where, struct slice name,
                                     bool (*take)(const struct expression *node, struct slice name))
{
    if (where == NULL)
        return NULL;
    if (where->kind != EXPRESSION_AND)
        return take(where, name) ? where : NULL;
    for (const struct expression *e = where->first; e != NULL; e = e->next) {
        const struct expression *found = find(e, name, take);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static bool is_equality(const struct expression *node, struct slice name)
{
    return equality_of(node, name) != NULL;
}

static size_t count_conditions(const struct expression *where)
{
    size_t count = 0;
    if (where == NULL)
        return 0;
    if (where->kind != EXPRESSION_AND)
        return 1;
    for (const struct expression *e = where->first; e != NULL; e = e->next)
        count += count_conditions(e);
    return count;
}

/* ---- a whole key ------------------------------------------------------------------------------
 */

static bool append(const struct expression *where, struct slice name, struct text *out)
{
    const struct expression *found = find(where, name, is_equality);
    if (found == NULL)
        return false;
    value_append_name(out, name);
    value_append(out, &equality_of(found, name)->value);
    return true;
}

enum status partiql_plan_key(const struct table *table, const struct expression *where,
                             struct arena *arena, struct partiql_key *ret_key)
{
    struct text out;
    struct slice names[2] = {table->hash_name, table->range_name};
    size_t wanted = table->range_name.len > 0 ? 2 : 1;
    size_t given = 0;
    if (wanted == 2 && slice_compare(names[0], names[1]) > 0) {
        names[0] = table->range_name;
        names[1] = table->hash_name;
    }
    text_init_in(&out, arena, KEY_DOCUMENT_MAX_BYTES);
    for (size_t i = 0; i < wanted; i++)
        given += append(where, names[i], &out) ? 1 : 0;
    if (out.status == STATUS_OK)
        *ret_key =
            (struct partiql_key){text_slice(&out), wanted - given, count_conditions(where) - given};
    return out.status;
}

void partiql_plan_drop_key(const struct table *table, struct expression *where)
{
    const struct slice names[2] = {table->hash_name, table->range_name};
    for (size_t i = 0; i < 2; i++) {
        /* It is part of `where`, which may be changed. */
        struct expression *found = (struct expression *)find(where, names[i], is_equality);
        if (found == NULL)
            continue;
        found->kind = EXPRESSION_AND; /* of nothing: true */
        found->first = NULL;
    }
}

/* ---- a range of keys --------------------------------------------------------------------------
 */

static bool are_values(const struct expression *e)
{
    for (; e != NULL; e = e->next)
        if (e->kind != EXPRESSION_VALUE)
            return false;
    return true;
}

static bool is_range(const struct expression *node, struct slice name)
{
    bool is_compare = node->kind == EXPRESSION_COMPARE && node->comparator != TOKEN_NOT_EQUAL;
    bool is_prefix = node->kind == EXPRESSION_FUNCTION && node->function == FUNCTION_BEGINS_WITH;
    if (!is_compare && !is_prefix && node->kind != EXPRESSION_BETWEEN)
        return false;
    if (is_compare && is_name(node->first->next, name))
        return node->first->kind == EXPRESSION_VALUE;
    return is_name(node->first, name) && are_values(node->first->next);
}

static enum key_operator operator_of(const struct expression *node, bool is_flipped)
{
    if (node->kind == EXPRESSION_BETWEEN)
        return KEY_BETWEEN;
    if (node->kind == EXPRESSION_FUNCTION)
        return KEY_BEGINS_WITH;
    if (node->comparator == TOKEN_LESS)
        return is_flipped ? KEY_GREATER : KEY_LESS;
    if (node->comparator == TOKEN_LESS_EQUAL)
        return is_flipped ? KEY_GREATER_EQUAL : KEY_LESS_EQUAL;
    if (node->comparator == TOKEN_GREATER)
        return is_flipped ? KEY_LESS : KEY_GREATER;
    if (node->comparator == TOKEN_GREATER_EQUAL)
        return is_flipped ? KEY_LESS_EQUAL : KEY_GREATER_EQUAL;
    return KEY_EQUAL;
}

static void add_clause(struct key_condition *condition, const struct expression *node,
                       struct slice name)
{
    bool is_flipped = node->first->kind == EXPRESSION_VALUE;
    const struct expression *low = is_flipped ? node->first : node->first->next;
    const struct expression *high = node->kind == EXPRESSION_BETWEEN ? low->next : low;
    condition->clauses[condition->count++] = (struct key_clause){
        .name = name,
        .operation = operator_of(node, is_flipped),
        .low = low->value,
        .high = high->value,
    };
}

static bool is_list(const struct expression *node, struct slice name)
{
    return node->kind == EXPRESSION_IN && is_name(node->first, name) &&
           are_values(node->first->next);
}

const struct expression *partiql_plan_range(const struct table *table,
                                            const struct expression *where,
                                            struct key_condition *ret_condition, size_t *ret_count)
{
    const struct expression *equality = find(where, table->hash_name, is_equality);
    const struct expression *list = find(where, table->hash_name, is_list);
    const struct expression *range = find(where, table->range_name, is_range);
    *ret_condition = (struct key_condition){.count = 1};
    ret_condition->clauses[0] =
        (struct key_clause){.name = table->hash_name, .operation = KEY_EQUAL};
    if (range != NULL)
        add_clause(ret_condition, range, table->range_name);
    *ret_count = equality != NULL ? 1 : list != NULL ? list->count - 1 : 0;
    if (equality != NULL)
        return equality_of(equality, table->hash_name);
    return list != NULL ? list->first->next : NULL;
}
