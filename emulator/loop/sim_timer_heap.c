#include "emulator/loop/sim_timer_heap.h"

#include <stddef.h>

static bool is_before(const struct sim_timer *a, const struct sim_timer *b)
{
    return a->due_ms < b->due_ms || (a->due_ms == b->due_ms && a->sequence < b->sequence);
}

/* Make the later root the first child of the earlier one. Either may be NULL. */
static struct sim_timer *merge(struct sim_timer *a, struct sim_timer *b)
{
    if (a == NULL)
        return b;
    if (b == NULL)
        return a;
    if (is_before(b, a)) {
        struct sim_timer *earlier = b;
        b = a;
        a = earlier;
    }
    b->sibling = a->child;
    if (a->child != NULL)
        a->child->previous = b;
    b->previous = a;
    a->child = b;
    return a;
}

/* The timer at *ret_first as a root of its own; *ret_first moves to the next sibling. */
static struct sim_timer *take_first(struct sim_timer **ret_first)
{
    struct sim_timer *timer = *ret_first;
    if (timer == NULL)
        return NULL;
    *ret_first = timer->sibling;
    timer->sibling = NULL;
    timer->previous = NULL;
    return timer;
}

/* Pairs from left to right, then all pairs into one from right to left: O(log n) amortised. */
static struct sim_timer *merge_siblings(struct sim_timer *first)
{
    struct sim_timer *pairs = NULL; /* by `sibling`, the rightmost first */
    while (first != NULL) {
        struct sim_timer *left = take_first(&first);
        struct sim_timer *pair = merge(left, take_first(&first));
        pair->sibling = pairs;
        pairs = pair;
    }
    struct sim_timer *root = NULL;
    while (pairs != NULL)
        root = merge(take_first(&pairs), root);
    return root;
}

static void cut(struct sim_timer *timer)
{
    if (timer->previous->child == timer)
        timer->previous->child = timer->sibling;
    else
        timer->previous->sibling = timer->sibling;
    if (timer->sibling != NULL)
        timer->sibling->previous = timer->previous;
}

struct sim_timer *sim_timer_heap_push(struct sim_timer *root, struct sim_timer *timer)
{
    timer->child = NULL;
    timer->sibling = NULL;
    timer->previous = NULL;
    return merge(root, timer);
}

struct sim_timer *sim_timer_heap_remove(struct sim_timer *root, struct sim_timer *timer)
{
    struct sim_timer *below = merge_siblings(timer->child);
    if (timer == root) {
        root = below;
    } else {
        cut(timer);
        root = merge(root, below);
    }
    timer->child = NULL;
    timer->sibling = NULL;
    timer->previous = NULL;
    return root;
}
