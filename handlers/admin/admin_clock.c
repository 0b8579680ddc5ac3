/*
 * admin_clock.c -- reading and moving a sandbox's time.
 *
 * Moving it: the request's advance is queued on the clock, the call is suspended, the clock runs
 * what is due until nothing is left, and only then advanced() answers. Failure modes: a target that
 * is in the past or no time at all is refused before anything moved; when the database cannot keep
 * the news of the move, that is logged by the unit's owner and the time has moved all the same.
 */
#include "handlers/admin/admin_clock.h"
#include "emulator/base/dates.h"
#include "emulator/base/durations.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"
#include "storage/db.h"

/* In the call's arena: it lives until the answer was sent. */
struct clock_move {
    struct sim_advance advance;
    struct call *call;
};

static void put_now(struct json_writer *w, int64_t now_ms)
{
    char now[DATE_TEXT_BYTES];
    dates_iso_ms(now_ms, now);
    json_put_integer(w, "now_ms", now_ms);
    json_put_text(w, "now", now);
}

void admin_get_clock(struct call *call)
{
    const struct sim_clock *clock = &call->sandbox->clock;
    int64_t due_ms = sim_clock_next_due_ms(clock);
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_text(&w, "mode", admin_clock_mode_name(clock->mode));
    put_now(&w, sim_clock_now_ms(clock));
    if (due_ms != INT64_MAX)
        json_put_integer(&w, "pending_due_ms", due_ms);
    json_end_object(&w);
    admin_answer(call, &body);
}

void admin_clock_publish(struct sandbox *sandbox)
{
    struct event event = {.kind = EVENT_CLOCK, .at_ms = sim_clock_now_ms(&sandbox->clock)};
    event_bus_publish(&sandbox->bus, &event);
}

static void publish_move(struct sandbox *sandbox)
{
    db_unit_begin(sandbox->db);
    admin_clock_publish(sandbox);
    enum status status = db_unit_end(sandbox->db, true);
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "keeping the new time: %s", status_text(status));
}

static void advanced(struct sim_advance *advance)
{
    struct clock_move *move = list_entry(advance, struct clock_move, advance);
    struct call *call = move->call;
    publish_move(call->sandbox);
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    put_now(&w, sim_clock_now_ms(&call->sandbox->clock));
    json_put_integer(&w, "timers_run", (int64_t)advance->timers_run);
    json_end_object(&w);
    admin_answer(call, &body);
}

/* "2m", "PT2M", or a number of seconds. */
static enum status read_by(const struct json *by, int64_t *ret_ms)
{
    if (json_kind(by) == JSON_STRING)
        return durations_parse(json_string(by), ret_ms);
    double seconds = json_number(by);
    if (json_kind(by) != JSON_NUMBER || !(seconds >= 0))
        return STATUS_INVALID;
    if (seconds > (double)DURATION_MAX_MS / 1000.0)
        return STATUS_TOO_LARGE;
    *ret_ms = (int64_t)(seconds * 1000.0 + 0.5);
    return STATUS_OK;
}

/* "2026-11-25T10:00:00Z", or a number of milliseconds since the epoch. */
static enum status read_to(const struct json *to, int64_t *ret_epoch_ms)
{
    if (json_kind(to) == JSON_STRING)
        return durations_parse_moment(json_string(to), ret_epoch_ms);
    if (json_kind(to) != JSON_NUMBER || !(json_number(to) >= 0))
        return STATUS_INVALID;
    *ret_epoch_ms = json_integer(to);
    return STATUS_OK;
}

/* Where to; false when the call has been answered. */
static bool read_target(struct call *call, int64_t now_ms, int64_t *ret_target_ms)
{
    const struct json *by = json_member(call->input, "by");
    const struct json *to = json_member(call->input, "to");
    int64_t ms = 0;
    if ((by != NULL) == (to != NULL)) {
        call_fail(call, &admin_error_invalid_request,
                  "One of \"by\", \"to\" and \"until\" must be given.");
        return false;
    }
    if (by != NULL && read_by(by, &ms) != STATUS_OK) {
        call_fail(call, &admin_error_invalid_request,
                  "\"by\" must be a duration such as \"2m\" or \"PT2M\", or seconds, of at most a "
                  "hundred years.");
        return false;
    }
    if (to != NULL && read_to(to, &ms) != STATUS_OK) {
        call_fail(call, &admin_error_invalid_request,
                  "\"to\" must be a time such as \"2026-11-25T10:00:00Z\", or milliseconds since "
                  "the epoch.");
        return false;
    }
    *ret_target_ms = by != NULL ? now_ms + ms : ms;
    if (*ret_target_ms - now_ms > DURATION_MAX_MS || *ret_target_ms < now_ms) {
        call_fail(call, &admin_error_invalid_request,
                  "The clock moves forward only, and at most a hundred years at once.");
        return false;
    }
    return true;
}

/* To what is due next; nothing is: it stays where it is. False when the call has been answered. */
static bool read_until(struct call *call, int64_t now_ms, int64_t *ret_target_ms)
{
    int64_t due_ms = sim_clock_next_due_ms(&call->sandbox->clock);
    bool is_alone =
        json_member(call->input, "by") == NULL && json_member(call->input, "to") == NULL;
    if (!is_alone || !slice_equal(json_member_string(call->input, "until"), SLICE("next"))) {
        call_fail(call, &admin_error_invalid_request, "\"until\" must be \"next\", and be alone.");
        return false;
    }
    *ret_target_ms = due_ms > now_ms && due_ms <= SIM_CLOCK_MAX_MS ? due_ms : now_ms;
    return true;
}

void admin_advance_clock(struct call *call)
{
    static const char *const members[] = {"by", "to", "until", NULL};
    struct sim_clock *clock = &call->sandbox->clock;
    const bool is_by = json_member(call->input, "by") != NULL;
    const bool is_until = json_member(call->input, "until") != NULL;
    const int64_t now_ms = sim_clock_now_ms(clock);
    int64_t target_ms = 0;
    if (!admin_allow_members(call, members) ||
        !(is_until ? read_until(call, now_ms, &target_ms) : read_target(call, now_ms, &target_ms)))
        return;
    struct clock_move *move = arena_zalloc(&call->arena, sizeof(*move));
    if (move == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "moving the clock");
        return;
    }
    move->call = call;
    if (is_by)
        sim_clock_advance_by(clock, &move->advance, target_ms - now_ms, advanced);
    else
        sim_clock_advance(clock, &move->advance, target_ms, advanced);
}
