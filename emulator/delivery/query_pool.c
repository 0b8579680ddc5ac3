#include "emulator/delivery/query_pool.h"

#include <pthread.h>

#include "emulator/base/list.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/loop/loop.h"

/* Ends with no record at hand, one after the other, before the next record is blamed for it. */
enum { ENDS_WITHOUT_BLAME = 3 };

struct query_pool {
    const char *launcher; /* borrowed; NULL: none */
    pthread_mutex_t mutex;
    struct list processes; /* struct query_process, in use and idle */
    unsigned idle;
    bool is_stopped;
};

/* ---- life ---- */

enum status query_pool_create(const char *launcher, struct query_pool **ret_pool)
{
    struct query_pool *pool = mem_zalloc(sizeof(*pool));
    if (pool == NULL)
        return STATUS_NO_MEMORY;
    pool->launcher = launcher != NULL && launcher[0] != '\0' ? launcher : NULL;
    (void)pthread_mutex_init(&pool->mutex, NULL);
    list_init(&pool->processes);
    *ret_pool = pool;
    return STATUS_OK;
}

/* With the mutex: out of the list, into `gone`, whose processes are ended without it. */
static void move_out(struct query_pool *pool, struct query_process *process, struct list *gone)
{
    pool->idle -= process->is_idle ? 1 : 0;
    list_remove(&process->link);
    list_append(gone, &process->link);
}

static void end_all(struct list *gone)
{
    struct list *link = NULL;
    while ((link = list_take_first(gone)) != NULL)
        query_process_end(list_entry(link, struct query_process, link));
}

void query_pool_stop(struct query_pool *pool)
{
    struct list gone;
    list_init(&gone);
    (void)pthread_mutex_lock(&pool->mutex);
    pool->is_stopped = true;
    list_for_each_safe(link, &pool->processes) {
        struct query_process *process = list_entry(link, struct query_process, link);
        if (process->is_idle)
            move_out(pool, process, &gone);
        else
            child_aside_kill(&process->child); /* its worker notices, and ends it */
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    end_all(&gone);
}

void query_pool_destroy(struct query_pool *pool)
{
    if (pool == NULL)
        return;
    query_pool_stop(pool);
    (void)pthread_mutex_destroy(&pool->mutex);
    mem_free(pool);
}

static bool is_stopped(struct query_pool *pool)
{
    (void)pthread_mutex_lock(&pool->mutex);
    bool stopped = pool->is_stopped;
    (void)pthread_mutex_unlock(&pool->mutex);
    return stopped;
}

/* ---- idle processes ---- */

void query_pool_drop(struct query_pool *pool, int64_t stream)
{
    struct list gone;
    list_init(&gone);
    (void)pthread_mutex_lock(&pool->mutex);
    list_for_each_safe(link, &pool->processes) {
        struct query_process *process = list_entry(link, struct query_process, link);
        if (process->is_idle && process->stream == stream)
            move_out(pool, process, &gone);
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    end_all(&gone);
}

bool query_pool_trim(struct query_pool *pool)
{
    struct list gone;
    int64_t now_ms = loop_monotonic_ms();
    list_init(&gone);
    (void)pthread_mutex_lock(&pool->mutex);
    list_for_each_safe(link, &pool->processes) {
        struct query_process *process = list_entry(link, struct query_process, link);
        if (process->is_idle && now_ms - process->idle_since_ms >= QUERY_IDLE_MS)
            move_out(pool, process, &gone);
    }
    bool has_idle = pool->idle > 0;
    (void)pthread_mutex_unlock(&pool->mutex);
    end_all(&gone);
    return has_idle;
}

static struct query_process *take_idle(struct query_pool *pool, int64_t stream,
                                       struct slice program)
{
    struct query_process *found = NULL;
    (void)pthread_mutex_lock(&pool->mutex);
    list_for_each(link, &pool->processes) {
        struct query_process *process = list_entry(link, struct query_process, link);
        if (process->is_idle && process->stream == stream &&
            slice_equal(slice_make(process->program, process->program_bytes), program)) {
            found = process;
            break;
        }
    }
    if (found != NULL) {
        found->is_idle = false;
        pool->idle--;
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    return found;
}

/* With the mutex. */
static void make_room(struct query_pool *pool, struct list *gone)
{
    struct query_process *oldest = NULL;
    list_for_each(link, &pool->processes) {
        struct query_process *process = list_entry(link, struct query_process, link);
        if (process->is_idle && (oldest == NULL || process->idle_since_ms < oldest->idle_since_ms))
            oldest = process;
    }
    if (pool->idle >= QUERY_IDLE_MAX && oldest != NULL)
        move_out(pool, oldest, gone);
}

static void give_back(struct query_pool *pool, struct query_process *process)
{
    struct list gone;
    list_init(&gone);
    (void)pthread_mutex_lock(&pool->mutex);
    if (pool->is_stopped) {
        move_out(pool, process, &gone);
    } else {
        make_room(pool, &gone);
        process->is_idle = true;
        process->idle_since_ms = loop_monotonic_ms();
        pool->idle++;
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    end_all(&gone);
}

static void discard(struct query_pool *pool, struct query_process *process)
{
    (void)pthread_mutex_lock(&pool->mutex);
    list_remove(&process->link); /* nobody will kill its number any more */
    (void)pthread_mutex_unlock(&pool->mutex);
    query_process_end(process);
}

/* ---- new ones ---- */

static enum status start(struct query_pool *pool, int64_t stream, struct slice program,
                         struct query_process **ret_process)
{
    struct query_process *process = NULL;
    enum status status = query_process_start(pool->launcher, program, &process);
    if (status != STATUS_OK)
        return status;
    process->stream = stream;
    (void)pthread_mutex_lock(&pool->mutex);
    list_append(&pool->processes, &process->link);
    bool stopped = pool->is_stopped;
    (void)pthread_mutex_unlock(&pool->mutex);
    if (!stopped) {
        *ret_process = process;
        return STATUS_OK;
    }
    discard(pool, process);
    return STATUS_CANCELLED;
}

/* As query_process_compile(). STATUS_CANCELLED. On failure there is no process. */
static enum status start_compiled(struct query_pool *pool, int64_t stream, struct slice program,
                                  struct text *problem, struct query_process **ret_process)
{
    struct query_process *process = NULL;
    enum status status = start(pool, stream, program, &process);
    if (status != STATUS_OK)
        return status;
    status = query_process_compile(process, problem);
    if (status == STATUS_OK) {
        *ret_process = process;
        return STATUS_OK;
    }
    discard(pool, process);
    return is_stopped(pool) ? STATUS_CANCELLED : status;
}

/* ---- without a launcher ---- */

static enum status run_here(struct slice program, struct query_run *run)
{
    struct metadata_query *query = NULL;
    enum status status = metadata_query_create(program, NULL, &query);
    while (status == STATUS_OK && run->next < run->count) {
        struct query_record *record = &run->records[run->next++];
        status = metadata_query_run(query, record->data, run->arena, &record->answer);
    }
    metadata_query_destroy(query);
    return status;
}

static enum status check_here(struct slice program, struct text *problem)
{
    struct metadata_query *query = NULL;
    enum status status = metadata_query_create(program, problem, &query);
    metadata_query_destroy(query);
    return status;
}

/* ---- a batch ---- */

static void decide(struct query_record *record, enum metadata_trouble trouble)
{
    record->answer = (struct metadata_answer){.trouble = trouble};
    record->is_decided = true;
}

static void decide_rest(struct query_run *run, enum metadata_trouble trouble)
{
    for (; run->next < run->count; run->next++)
        if (!run->records[run->next].is_decided)
            decide(&run->records[run->next], trouble);
}

/* What no process is asked for. */
static void decide_too_large(struct query_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->records[i].data.len > METADATA_MAX_RECORD_BYTES)
            decide(&run->records[i], METADATA_RECORD_TOO_LARGE);
}

/* The next that are not decided, one behind the other. False: there are none. */
static bool find_stretch(struct query_run *run, struct query_run *ret_stretch)
{
    while (run->next < run->count && run->records[run->next].is_decided)
        run->next++;
    *ret_stretch = *run;
    ret_stretch->count = run->next;
    while (ret_stretch->count < run->count && !run->records[ret_stretch->count].is_decided)
        ret_stretch->count++;
    return ret_stretch->count > ret_stretch->next;
}

/* All of it in one process, as far as that goes. */
static enum status run_in(struct query_process *process, struct query_run *run,
                          struct query_record **ret_blamed)
{
    enum status status = STATUS_OK;
    struct query_run stretch;
    while (status == STATUS_OK && find_stretch(run, &stretch)) {
        size_t blamed = stretch.count;
        status = query_process_run(process, &stretch, &blamed);
        run->next = stretch.next;
        *ret_blamed = blamed < stretch.count ? &run->records[blamed] : NULL;
    }
    return status;
}

/* The process is gone, and not all was answered: at least the record it had at hand is decided. */
static void blame(struct query_run *run, struct query_record *blamed, enum status status,
                  unsigned *ends)
{
    *ends = blamed != NULL ? 0 : *ends + 1;
    if (*ends >= ENDS_WITHOUT_BLAME) {
        blamed = &run->records[run->next];
        *ends = 0;
    }
    if (blamed != NULL)
        decide(blamed, status == STATUS_TIMED_OUT ? METADATA_LIMIT : METADATA_PROCESS_ENDED);
}

/* A process with this program. STATUS_INVALID: there is none. */
static enum status get(struct query_pool *pool, int64_t stream, struct slice program,
                       struct query_process **ret_process)
{
    enum status status = STATUS_IO_ERROR;
    *ret_process = take_idle(pool, stream, program);
    if (*ret_process != NULL)
        return STATUS_OK;
    for (unsigned i = 0; status == STATUS_IO_ERROR && i < ENDS_WITHOUT_BLAME; i++)
        status = start_compiled(pool, stream, program, NULL, ret_process);
    return status == STATUS_IO_ERROR ? STATUS_INVALID : status;
}

/* With one process. STATUS_OK: go on, if anything is left. */
static enum status run_once(struct query_pool *pool, struct query_process *process,
                            struct query_run *run, unsigned *ends)
{
    struct query_record *blamed = NULL;
    if (run->give_up_ms == 0)
        run->give_up_ms = loop_monotonic_ms() + QUERY_BATCH_MAX_MS;
    enum status status = run_in(process, run, &blamed);
    if (status == STATUS_OK) {
        give_back(pool, process);
        return STATUS_OK;
    }
    discard(pool, process);
    if (is_stopped(pool))
        return STATUS_CANCELLED;
    if (status == STATUS_NO_MEMORY)
        return status;
    blame(run, blamed, status, ends);
    if (loop_monotonic_ms() >= run->give_up_ms)
        decide_rest(run, METADATA_LIMIT);
    return STATUS_OK;
}

enum status query_pool_run(struct query_pool *pool, int64_t stream, struct slice program,
                           struct query_run *run)
{
    struct query_process *process = NULL;
    struct query_run stretch;
    enum status status = STATUS_OK;
    unsigned ends = 0;
    if (pool->launcher == NULL)
        return run_here(program, run);
    decide_too_large(run);
    while (status == STATUS_OK && find_stretch(run, &stretch)) {
        status = get(pool, stream, program, &process);
        if (status == STATUS_OK)
            status = run_once(pool, process, run, &ends);
    }
    if (status != STATUS_INVALID)
        return status;
    decide_rest(run, METADATA_NO_PROGRAM);
    return STATUS_OK;
}

enum status query_pool_check(struct query_pool *pool, struct slice program, struct text *problem)
{
    struct query_process *process = NULL;
    if (pool->launcher == NULL)
        return check_here(program, problem);
    enum status status = start_compiled(pool, 0, program, problem, &process);
    if (status == STATUS_OK)
        discard(pool, process);
    if (status != STATUS_IO_ERROR && status != STATUS_TIMED_OUT)
        return status;
    text_append_text(problem, "compiling it takes too long, too much memory, or ends jq");
    return STATUS_INVALID;
}
