#include "handlers/sts/session_keys.h"

#include "emulator/auth/principal.h"
#include "emulator/base/dates.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/sts/sts_errors.h"

#define ID_CHARS 16
#define ID_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define SECRET_CHARS 40
#define TOKEN_CHARS 240
#define TOKEN_START "IQoJb3JpZ2luX2Vj" /* as AWS's begin */
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/* So long a key that ended is still known, and refused as such. */
#define KEPT_MS ((int64_t)24 * 3600 * 1000)

static struct slice random_key(struct sandbox *sandbox, struct arena *arena, const char *start,
                               size_t chars, const char *letters)
{
    char text[TOKEN_CHARS + 1];
    random_text(&sandbox->random, chars, letters, text);
    return slice_of(arena_printf(arena, "%s%s", start, text));
}

enum status session_keys_open(struct sandbox *sandbox, struct arena *arena, struct session *session,
                              int64_t duration_s)
{
    int64_t now_ms = sim_clock_now_ms(&sandbox->clock);
    session->access_key = random_key(sandbox, arena, "ASIA", ID_CHARS, ID_LETTERS);
    session->secret = random_key(sandbox, arena, "", SECRET_CHARS, LETTERS);
    session->token = random_key(sandbox, arena, TOKEN_START, TOKEN_CHARS, LETTERS);
    session->expires_ms = now_ms + duration_s * 1000;
    if (session->access_key.ptr == NULL || session->secret.ptr == NULL ||
        session->token.ptr == NULL)
        return STATUS_NO_MEMORY;
    enum status status = session_store_sweep(sandbox->db, now_ms - KEPT_MS);
    return status == STATUS_OK ? session_store_insert(sandbox->db, session) : status;
}

bool session_keys_make(struct call *call, struct session *session, int64_t duration_s)
{
    enum status status = session_keys_open(call->sandbox, &call->arena, session, duration_s);
    if (status == STATUS_TOO_LARGE)
        call_fail(call, &sts_error_throttling, "Rate exceeded: a sandbox keeps %d sessions.",
                  SESSION_STORE_MAX);
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the session");
    return status == STATUS_OK;
}

void session_keys_write(struct text *xml, const struct session *session)
{
    char date[DATE_TEXT_BYTES];
    dates_format(session->expires_ms, "%Y-%m-%dT%H:%M:%SZ", date);
    xml_open(xml, "Credentials", NULL);
    xml_put(xml, "AccessKeyId", session->access_key);
    xml_put(xml, "SecretAccessKey", session->secret);
    xml_put(xml, "SessionToken", session->token);
    xml_put(xml, "Expiration", slice_of(date));
    xml_close(xml, "Credentials");
}

bool session_keys_of_caller(struct call *call, struct session *ret_session, bool *ret_found)
{
    enum status status = session_store_find(call->sandbox->db, call->principal->access_key,
                                            &call->arena, ret_session);
    *ret_found = status == STATUS_OK;
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "finding the caller's session");
    return status == STATUS_OK || status == STATUS_NOT_FOUND;
}

bool session_keys_check_mfa(struct call *call)
{
    if (json_member(call->input, "SerialNumber") == NULL &&
        json_member(call->input, "TokenCode") == NULL)
        return true;
    call_fail(call, &sts_error_access_denied,
              "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your "
              "MFA serial number is valid and associated with this user.");
    return false;
}
