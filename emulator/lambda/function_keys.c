#include "emulator/lambda/function_keys.h"

#include <stdbool.h>
#include <stdio.h>

#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/session_port.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "storage/db.h"
#include "storage/iam_entity_store.h"
#include "storage/session_store.h"

#define DURATION_MS ((int64_t)FUNCTION_KEYS_DURATION_S * 1000)
#define ID_CHARS 17
#define ID_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

/* ---- the session of before --------------------------------------------------------------- */

/* Is it the role's still, and good for long? It may have gone with a group that was undone. */
static enum status find_kept(const struct lambda_run *run, struct arena *arena,
                             struct session *ret_session)
{
    const struct lambda_slot *slot = run->slot;
    const struct lambda_engine_options *options = &slot->engine->options;
    struct slice key = slice_of(slot->session_key);
    if (slice_is_empty(key))
        return STATUS_NOT_FOUND;
    enum status status = session_store_find(options->db, key, arena, ret_session);
    bool is_good = status == STATUS_OK && slice_equal(ret_session->arn, run->gate.principal.arn) &&
                   ret_session->expires_ms - sim_clock_now_ms(options->clock) >= DURATION_MS / 2;
    return status == STATUS_OK && !is_good ? STATUS_NOT_FOUND : status;
}

/* ---- a new one --------------------------------------------------------------------------- */

/* The role's own id; one made up for a role that IAM does not have. */
static enum status find_role_id(const struct lambda_run *run, struct arena *arena,
                                struct slice *ret_id)
{
    const struct lambda_engine_options *options = &run->slot->engine->options;
    struct iam_entity role;
    const struct iam_entity key = {
        .account = run->row.account, .kind = IAM_ROLE, .name = lambda_run_role_name(run)};
    enum status status = iam_entity_store_find(options->db, &key, arena, &role);
    if (status == STATUS_OK)
        *ret_id = role.unique_id;
    if (status != STATUS_NOT_FOUND)
        return status;
    char id[ID_CHARS + 1];
    random_text(options->random, ID_CHARS, ID_LETTERS, id);
    *ret_id = slice_of(arena_printf(arena, "AROA%s", id));
    return STATUS_OK;
}

static enum status open_session(const struct lambda_run *run, struct arena *arena,
                                struct session *ret_session)
{
    const struct session_port *port = run->slot->engine->options.session_port;
    struct slice role_id = {0};
    enum status status = find_role_id(run, arena, &role_id);
    if (status != STATUS_OK)
        return status;
    *ret_session = (struct session){
        .account = run->row.account,
        .arn = run->gate.principal.arn,
        .user_id = slice_of(
            arena_printf(arena, "%.*s:%.*s", SLICE_ARG(role_id), SLICE_ARG(run->row.name))),
    };
    if (ret_session->user_id.ptr == NULL)
        return STATUS_NO_MEMORY;
    return port->open(port->ctx, arena, ret_session, FUNCTION_KEYS_DURATION_S);
}

/* An invocation may begin inside its caller's unit of work. */
static enum status open_in_unit(const struct lambda_run *run, struct arena *arena,
                                struct session *ret_session)
{
    struct db *db = run->slot->engine->options.db;
    if (db_is_in_unit(db))
        return open_session(run, arena, ret_session);
    db_unit_begin(db);
    enum status status = open_session(run, arena, ret_session);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    return status == STATUS_OK ? ended : status;
}

enum status function_keys_take(struct lambda_run *run, struct function_keys *ret_keys)
{
    struct arena *arena = &run->run.arena;
    struct lambda_slot *slot = run->slot;
    struct session session;
    enum status status = find_kept(run, arena, &session);
    if (status == STATUS_NOT_FOUND)
        status = open_in_unit(run, arena, &session);
    if (status != STATUS_OK)
        return status;
    (void)snprintf(slot->session_key, sizeof(slot->session_key), "%.*s",
                   SLICE_ARG(session.access_key));
    *ret_keys = (struct function_keys){
        .access_key = session.access_key,
        .secret = session.secret,
        .token = session.token,
        .expires_ms = session.expires_ms,
    };
    return STATUS_OK;
}
