#include "emulator/delivery/query_helper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/delivery/query_wire.h"
#include "emulator/loop/child_aside.h"
#include "emulator/loop/child_launch.h"
#include "emulator/loop/loop.h"

#define PIECE_BYTES ((size_t)64 * 1024)
#define IN_BYTES (QUERY_MESSAGE_HEAD_BYTES + METADATA_MAX_RECORD_BYTES + PIECE_BYTES)
#define OUT_BYTES (PIECE_BYTES + QUERY_MESSAGE_HEAD_BYTES + QUERY_ANSWER_MAX_BYTES)
#define KEYS_MAX_BYTES ((size_t)1024 * 1024)
#define HOLD_BACK_US 5000 /* answers, so that not each wakes the daemon */

struct helper {
    struct query_page *page; /* shared; only written */
    struct metadata_query *query;
    struct arena arena; /* of one record's keys */
    struct slice rest;  /* of what was read, in `in` */
    uint64_t number;    /* of the record at hand */
    size_t held;        /* bytes in `out` */
    int64_t sent_us;
    char in[IN_BYTES];
    char out[OUT_BYTES];
};

/* ---- reading and writing ---- */

static bool send_all(const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = write(CHILD_ASIDE_SOCKET, bytes, len);
        if (sent < 0 && errno != EINTR)
            return false;
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
        }
    }
    return true;
}

static bool flush(struct helper *helper)
{
    bool is_sent = send_all(helper->out, helper->held);
    helper->held = 0;
    helper->sent_us = loop_monotonic_us();
    return is_sent;
}

/* More of what the daemon says, behind what is there; false when there will be no more. */
static bool read_on(struct helper *helper)
{
    memmove(helper->in, helper->rest.ptr, helper->rest.len);
    ssize_t len = 0;
    do
        len = read(CHILD_ASIDE_SOCKET, helper->in + helper->rest.len, IN_BYTES - helper->rest.len);
    while (len < 0 && errno == EINTR);
    if (len > 0)
        helper->rest = slice_make(helper->in, helper->rest.len + (size_t)len);
    return len > 0;
}

/* The daemon's next message. While it is waited for nothing is at hand, and no answer held back. */
static bool hear(struct helper *helper, struct slice *ret_message)
{
    enum status status = STATUS_OK;
    while ((status = query_wire_take(&helper->rest, METADATA_MAX_RECORD_BYTES, ret_message)) ==
           STATUS_END) {
        atomic_store(&helper->page->at_hand, 0);
        if (!flush(helper) || !read_on(helper))
            return false;
    }
    return status == STATUS_OK;
}

/* ---- what it does ---- */

static bool compile(struct helper *helper)
{
    struct slice program;
    struct text problem;
    text_init(&problem, QUERY_VERDICT_MAX_BYTES);
    if (!hear(helper, &program))
        return false;
    enum status status = metadata_query_create(program, &problem, &helper->query);
    helper->held = query_wire_write_verdict(helper->out, status, text_slice(&problem));
    text_close(&problem);
    return flush(helper) && status == STATUS_OK;
}

static bool answer(struct helper *helper, struct slice record)
{
    struct metadata_answer answer;
    atomic_store(&helper->page->at_hand, ++helper->number);
    arena_recycle(&helper->arena);
    if (metadata_query_run(helper->query, record, &helper->arena, &answer) != STATUS_OK)
        return false;
    helper->held += query_wire_write_answer(helper->out + helper->held, &answer);
    bool is_due =
        helper->held > PIECE_BYTES || loop_monotonic_us() - helper->sent_us > HOLD_BACK_US;
    return !is_due || flush(helper);
}

/* It costs little to begin again: when the machine is out of memory, others are to live on. */
static void volunteer(void)
{
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return;
    (void)!write(file, "1000", 4);
    (void)close(file);
}

int query_helper_run(void)
{
    static struct helper helper;
    struct slice record;
    helper.page = child_aside_attach(sizeof(*helper.page));
    if (helper.page == NULL || child_confine(CHILD_ASIDE_FIRST_FREE - 1) != STATUS_OK) {
        (void)fputs("[hydrant] this is started by the daemon only\n", stderr);
        return 1;
    }
    volunteer();
    child_limit_memory(QUERY_HELPER_MAX_BYTES);
    arena_init(&helper.arena, KEYS_MAX_BYTES);
    helper.rest = slice_make(helper.in, 0);
    bool goes_on = compile(&helper);
    while (goes_on && hear(&helper, &record))
        goes_on = answer(&helper, record);
    _exit(0); /* what libjq has is nobody's to look for */
}
