#include "emulator/key_finder.h"

#include "emulator/loop/sim_clock.h"
#include "handlers/iam/entity_lookup.h"
#include "storage/access_key_store.h"
#include "storage/session_store.h"

#define KEY_CHARS 20

static enum status find_user_key(const struct key_finder *finder, struct slice access_key,
                                 struct arena *arena, struct key_owner *ret_owner)
{
    struct access_key key;
    struct iam_entity user;
    enum status status = access_key_store_find(finder->db, access_key, arena, &key);
    if (status == STATUS_OK)
        status = iam_entity_store_find_id(finder->db, key.user, arena, &user);
    if (status != STATUS_OK)
        return status;
    struct slice arn = entity_lookup_arn(arena, &user);
    if (arn.ptr == NULL)
        return STATUS_NO_MEMORY;
    *ret_owner = (struct key_owner){
        .state = key.is_active ? KEY_VALID : KEY_INVALID,
        .account = user.account,
        .arn = arn,
        .user_id = user.unique_id,
    };
    return STATUS_OK;
}

static enum key_state state_of(const struct key_finder *finder, const struct session *session,
                               struct slice token)
{
    if (!slice_equal(session->token, token))
        return KEY_INVALID;
    return session->expires_ms <= sim_clock_now_ms(finder->clock) ? KEY_EXPIRED : KEY_VALID;
}

static enum status find_session(const struct key_finder *finder, struct slice access_key,
                                struct slice token, struct arena *arena,
                                struct key_owner *ret_owner)
{
    struct session session;
    enum status status = session_store_find(finder->db, access_key, arena, &session);
    if (status == STATUS_OK)
        *ret_owner = (struct key_owner){
            .state = state_of(finder, &session, token),
            .account = session.account,
            .arn = session.arn,
            .user_id = session.user_id,
        };
    return status;
}

static enum status find(void *ctx, struct slice access_key, struct slice token, struct arena *arena,
                        struct key_owner *ret_owner)
{
    const struct key_finder *finder = ctx;
    if (access_key.len != KEY_CHARS)
        return STATUS_NOT_FOUND;
    if (slice_starts_with(access_key, SLICE("AKIA")))
        return find_user_key(finder, access_key, arena, ret_owner);
    if (slice_starts_with(access_key, SLICE("ASIA")))
        return find_session(finder, access_key, token, arena, ret_owner);
    return STATUS_NOT_FOUND;
}

void key_finder_init(struct key_finder *finder, struct db *db, struct sim_clock *clock)
{
    *finder = (struct key_finder){.port = {.ctx = finder, .find = find}, .db = db, .clock = clock};
}
