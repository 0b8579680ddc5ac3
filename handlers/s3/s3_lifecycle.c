/*
 * s3_lifecycle.c
 *
 * Happy path: on_due() holds the clock and begins with the first bucket that has a lifecycle; each
 * turn does one page in a unit of its own; behind the last bucket the clock is released and the
 * next midnight waited for.
 *
 * Possible failures: a page that cannot be written is undone and ends the sweep with a line in the
 * log; the next midnight begins anew. A group that is undone by its COMMIT does the same work again
 * then: everything is decided from what the rows say.
 */
#include "handlers/s3/s3_lifecycle.h"

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "handlers/s3/s3_lifecycle_rules.h"
#include "storage/bucket_setting_store.h"
#include "storage/db.h"
#include "storage/object_list.h"
#include "storage/object_versions.h"
#include "storage/upload_store.h"

#define PAGE_ROWS 250U
#define PAGE_MAX_BYTES ((size_t)16 * 1024 * 1024)

struct s3_lifecycle {
    struct db *db;
    struct loop *loop;
    struct sim_clock *clock;
    struct sim_timer due;
    struct loop_task task;
    bool is_stopped;
    /* the sweep: */
    int64_t bucket_id; /* done so far, or being done */
    enum object_list_kind kind;
    struct arena place; /* of `after` and `after_id` */
    struct slice after;
    int64_t after_number;
    struct slice after_id;
    size_t newer_past; /* of the key `after` */
};

/* ---- one version ---- */

static bool has_lock_on(const struct object *object, int64_t now_ms)
{
    return object->traits.has_hold ||
           (object->traits.lock_mode.len > 0 && object->traits.lock_until_ms > now_ms);
}

static enum status carry_out(struct s3_lifecycle *l, struct object *object,
                             const struct lifecycle_verdict *verdict, int64_t now_ms)
{
    struct object_deletion deletion;
    enum status status = STATUS_OK;
    if (verdict->action == LIFECYCLE_EXPIRE)
        status = object_versions_delete(l->db, object->bucket_id, object->key, now_ms, &deletion);
    else if (verdict->action == LIFECYCLE_REMOVE && !has_lock_on(object, now_ms))
        status = object_versions_remove(l->db, object);
    else if (verdict->action == LIFECYCLE_MOVE) {
        object->traits.storage_class = verdict->storage_class;
        status = object_versions_update(l->db, object);
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status look_at(struct s3_lifecycle *l, const struct lifecycle *rules,
                           const struct object_list_row *row, bool is_only, struct arena *arena)
{
    int64_t now_ms = sim_clock_now_ms(l->clock);
    struct object object;
    struct object which = {.bucket_id = l->bucket_id, .key = row->name, .version = row->id};
    enum status status = object_versions_find(l->db, &which, false, arena, &object);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    struct lifecycle_version version = {.key = row->name,
                                        .size = row->size,
                                        .tags = object.traits.tags,
                                        .storage_class = row->storage_class,
                                        .modified_ms = row->modified_ms,
                                        .is_marker = row->is_marker,
                                        .is_only = is_only,
                                        .past_since_ms = row->past_since_ms,
                                        .newer_past = l->newer_past};
    if (row->past_since_ms != 0)
        l->newer_past++;
    struct lifecycle_verdict verdict = lifecycle_judge(rules, &version, now_ms);
    return carry_out(l, &object, &verdict, now_ms);
}

/* ---- one page ---- */

static bool is_same_key(const struct object_list *list, size_t a, size_t b)
{
    return b < list->count && slice_equal(list->rows[a].name, list->rows[b].name);
}

static enum status do_versions(struct s3_lifecycle *l, const struct lifecycle *rules,
                               const struct object_list *list, struct arena *arena)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < list->count && status == STATUS_OK; i++) {
        bool is_first =
            i == 0 ? !slice_equal(list->rows[0].name, l->after) : !is_same_key(list, i - 1, i);
        bool is_last = i + 1 < list->count ? !is_same_key(list, i, i + 1) : !list->is_truncated;
        if (is_first)
            l->newer_past = 0;
        status = look_at(l, rules, &list->rows[i], is_first && is_last, arena);
    }
    return status;
}

static enum status do_uploads(struct s3_lifecycle *l, const struct lifecycle *rules,
                              const struct object_list *list)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < list->count && status == STATUS_OK; i++) {
        const struct object_list_row *row = &list->rows[i];
        if (lifecycle_aborts(rules, row->name, row->number, sim_clock_now_ms(l->clock)))
            status = upload_store_delete(l->db, row->id);
    }
    return status;
}

static enum status load_rules(struct s3_lifecycle *l, struct arena *arena, struct lifecycle *rules)
{
    struct bucket_setting setting = {
        .bucket_id = l->bucket_id, .kind = SLICE("lifecycle"), .id = slice_make("", 0)};
    struct bucket_setting minimum = {
        .bucket_id = l->bucket_id, .kind = SLICE("lifecycle-minimum"), .id = slice_make("", 0)};
    enum status status = bucket_setting_find(l->db, arena, &setting);
    if (status == STATUS_OK)
        status = bucket_setting_find(l->db, arena, &minimum);
    return status == STATUS_OK ? lifecycle_parse(setting.body, minimum.body, arena, rules) : status;
}

static enum status remember(struct s3_lifecycle *l, const struct object_list *list)
{
    arena_clear(&l->place);
    l->after = slice_make(NULL, 0);
    l->after_id = slice_make(NULL, 0);
    l->after_number = 0;
    if (!list->is_truncated)
        return STATUS_OK;
    const struct object_list_row *last = &list->rows[list->count - 1];
    enum status status = arena_copy(&l->place, last->name, &l->after);
    if (status == STATUS_OK)
        status = arena_copy(&l->place, last->id, &l->after_id);
    l->after_number = last->number;
    return status;
}

/* STATUS_END: this bucket is done. */
static enum status do_page(struct s3_lifecycle *l, struct arena *arena)
{
    struct lifecycle rules;
    struct object_list list = {.bucket_id = l->bucket_id,
                               .kind = l->kind,
                               .after = l->after,
                               .after_number = l->after_number,
                               .after_id = l->after_id,
                               .max = PAGE_ROWS};
    enum status status = load_rules(l, arena, &rules);
    if (status == STATUS_NOT_FOUND)
        return STATUS_END;
    if (status == STATUS_OK)
        status = object_list_run(l->db, arena, &list);
    if (status == STATUS_OK)
        status = l->kind == OBJECT_LIST_VERSIONS ? do_versions(l, &rules, &list, arena)
                                                 : do_uploads(l, &rules, &list);
    if (status == STATUS_OK)
        status = remember(l, &list);
    if (status != STATUS_OK || list.is_truncated)
        return status;
    if (l->kind == OBJECT_LIST_UPLOADS)
        return STATUS_END;
    l->kind = OBJECT_LIST_UPLOADS;
    return STATUS_OK;
}

/* The next bucket with a lifecycle. STATUS_END: there is none. */
static enum status next_bucket(struct s3_lifecycle *l)
{
    static const struct object_list nothing;
    int64_t next = 0;
    enum status status = bucket_setting_next(l->db, SLICE("lifecycle"), l->bucket_id, &next);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_END : status;
    l->bucket_id = next;
    l->kind = OBJECT_LIST_VERSIONS;
    return remember(l, &nothing);
}

static enum status do_some(struct s3_lifecycle *l)
{
    struct arena arena;
    arena_init(&arena, PAGE_MAX_BYTES);
    db_unit_begin(l->db);
    enum status status = do_page(l, &arena);
    bool is_kept = status == STATUS_OK || status == STATUS_END;
    enum status ended = db_unit_end(l->db, is_kept);
    if (is_kept && ended != STATUS_OK)
        status = ended;
    arena_clear(&arena);
    return status == STATUS_END ? next_bucket(l) : status;
}

/* ---- when ---- */

void s3_lifecycle_start(struct s3_lifecycle *l)
{
    int64_t bucket = 0;
    if (l == NULL || l->is_stopped || l->task.waiting || l->due.running)
        return;
    enum status status = bucket_setting_next(l->db, SLICE("lifecycle"), 0, &bucket);
    if (status == STATUS_OK)
        sim_timer_start(l->clock, &l->due,
                        (sim_clock_now_ms(l->clock) / LIFECYCLE_DAY_MS + 1) * LIFECYCLE_DAY_MS);
    else if (status != STATUS_NOT_FOUND)
        log_line(LOG_WARNING, "looking for lifecycles: %s", status_text(status));
}

static void end_sweep(struct s3_lifecycle *l)
{
    arena_clear(&l->place);
    l->after = slice_make(NULL, 0);
    l->after_id = slice_make(NULL, 0);
    s3_lifecycle_start(l);
    sim_clock_release(l->clock);
}

static void on_turn(struct loop_task *task)
{
    struct s3_lifecycle *l = list_entry(task, struct s3_lifecycle, task);
    enum status status = l->is_stopped ? STATUS_END : do_some(l);
    if (status == STATUS_OK) {
        loop_defer_turn(l->loop, &l->task);
        return;
    }
    if (status != STATUS_END)
        log_line(LOG_WARNING, "carrying out lifecycles: %s", status_text(status));
    end_sweep(l);
}

static void on_due(struct sim_timer *timer)
{
    struct s3_lifecycle *l = list_entry(timer, struct s3_lifecycle, due);
    if (l->is_stopped || l->task.waiting)
        return;
    l->bucket_id = 0;
    if (next_bucket(l) != STATUS_OK)
        return;
    sim_clock_hold(l->clock);
    loop_defer_turn(l->loop, &l->task);
}

enum status s3_lifecycle_create(struct db *db, struct loop *loop, struct sim_clock *clock,
                                struct s3_lifecycle **ret_lifecycle)
{
    struct s3_lifecycle *l = mem_zalloc(sizeof(*l));
    if (l == NULL)
        return STATUS_NO_MEMORY;
    l->db = db;
    l->loop = loop;
    l->clock = clock;
    arena_init(&l->place, PAGE_MAX_BYTES);
    sim_timer_init(&l->due, on_due);
    loop_task_init(&l->task, on_turn);
    *ret_lifecycle = l;
    return STATUS_OK;
}

void s3_lifecycle_stop(struct s3_lifecycle *l)
{
    l->is_stopped = true;
    sim_timer_stop(l->clock, &l->due);
}

void s3_lifecycle_destroy(struct s3_lifecycle *l)
{
    if (l == NULL)
        return;
    s3_lifecycle_stop(l);
    if (l->task.waiting)
        sim_clock_release(l->clock);
    loop_task_cancel(&l->task);
    arena_clear(&l->place);
    mem_free(l);
}
