#include "emulator/auth/credentials.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/http/request.h"

#define PROBLEM_MAX_BYTES ((size_t)32 * 1024)
#define REGION_MAX_CHARS 32
#define ALGORITHM "AWS4-HMAC-SHA256"

/* What reading takes along. */
struct reader {
    const struct http_request *request;
    struct arena *arena;
    const struct credentials_defaults *defaults;
    const struct key_port *keys; /* may be NULL */
};

/* The three parameters of the header, empty while missing. */
struct authorization {
    struct slice credential;
    struct slice signed_headers;
    struct slice signature;
};

static bool is_account(struct slice key)
{
    if (key.len != ACCOUNT_CHARS)
        return false;
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] < '0' || key.ptr[i] > '9')
            return false;
    }
    return true;
}

static enum status root_arn(struct arena *arena, struct slice account, struct slice *ret_arn)
{
    char *arn = arena_printf(arena, "arn:aws:iam::%.*s:root", SLICE_ARG(account));
    if (arn == NULL)
        return STATUS_NO_MEMORY;
    *ret_arn = slice_of(arn);
    return STATUS_OK;
}

enum status credentials_internal(struct arena *arena, struct slice account, struct slice region,
                                 struct slice role_arn, struct principal *ret_principal)
{
    struct principal principal = {
        .account = account, .region = region, .arn = role_arn, .user_id = account};
    enum status status = STATUS_OK;
    if (role_arn.len == 0)
        status = root_arn(arena, account, &principal.arn);
    if (status == STATUS_OK)
        *ret_principal = principal;
    return status;
}

static struct authorization split_header(struct slice parameters)
{
    struct authorization found = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    while (parameters.len > 0) {
        struct slice part = slice_trim(slice_cut(&parameters, ','));
        struct slice name = slice_cut(&part, '=');
        if (slice_equal(name, SLICE("Credential")))
            found.credential = part;
        else if (slice_equal(name, SLICE("SignedHeaders")))
            found.signed_headers = part;
        else if (slice_equal(name, SLICE("Signature")))
            found.signature = part;
    }
    return found;
}

static void name_missing(struct text *problem, const char *name, struct slice value)
{
    if (value.len == 0)
        text_printf(problem, "Authorization header requires '%s' parameter. ", name);
}

static enum status report_missing(struct arena *arena, const struct authorization *found,
                                  const struct http_request *request, struct slice header,
                                  struct slice *ret_problem)
{
    struct text problem;
    text_init_in(&problem, arena, PROBLEM_MAX_BYTES);
    name_missing(&problem, "Credential", found->credential);
    name_missing(&problem, "Signature", found->signature);
    name_missing(&problem, "SignedHeaders", found->signed_headers);
    if (!request_has_header(request, "X-Amz-Date") && !request_has_header(request, "Date"))
        text_append_text(&problem, "Authorization header requires existence of either a "
                                   "'X-Amz-Date' or a 'Date' header. ");
    if (problem.len == 0)
        return STATUS_OK;
    text_printf(&problem, "Authorization=%.*s", SLICE_ARG(header));
    if (problem.status != STATUS_OK)
        return problem.status;
    *ret_problem = text_slice(&problem);
    return STATUS_INVALID;
}

/* It becomes a part of names and answers. */
static bool is_region(struct slice region)
{
    for (size_t i = 0; i < region.len; i++) {
        char c = region.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return region.len <= REGION_MAX_CHARS;
}

/* In a header, or in the query of a presigned request. */
static enum status read_token(const struct reader *reader, struct slice *ret_token)
{
    struct slice token = request_header(reader->request, "X-Amz-Security-Token");
    enum status status = STATUS_OK;
    if (token.ptr == NULL)
        status = request_parameter(reader->request, reader->arena, "X-Amz-Security-Token", &token);
    if (status == STATUS_OK)
        *ret_token = token;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* STATUS_NOT_FOUND: the key was not made here. */
static enum status read_owner(const struct reader *reader, struct slice key,
                              struct credentials *ret)
{
    struct slice token = {NULL, 0};
    struct key_owner owner;
    if (reader->keys == NULL)
        return STATUS_NOT_FOUND;
    enum status status = read_token(reader, &token);
    if (status == STATUS_OK)
        status = reader->keys->find(reader->keys->ctx, key, token, reader->arena, &owner);
    if (status != STATUS_OK)
        return status;
    ret->key_state = owner.state;
    ret->principal.account = owner.account;
    ret->principal.arn = owner.arn;
    ret->principal.user_id = owner.user_id;
    return STATUS_OK;
}

static enum status read_principal(const struct reader *reader, struct slice key,
                                  struct slice region, struct credentials *ret)
{
    const struct credentials_defaults *defaults = reader->defaults;
    struct slice account = is_account(key) ? key : defaults->account;
    enum status status =
        credentials_internal(reader->arena, account, region.len > 0 ? region : defaults->region,
                             slice_make(NULL, 0), &ret->principal);
    ret->principal.access_key = key;
    ret->key_state = KEY_VALID;
    if (status == STATUS_OK && !is_account(key))
        status = read_owner(reader, key, ret);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status read_scope(const struct reader *reader, struct slice credential,
                              struct credentials *ret, struct slice *ret_problem)
{
    struct slice rest = credential;
    struct slice key = slice_cut(&rest, '/');
    struct slice date = slice_cut(&rest, '/');
    struct slice region = slice_cut(&rest, '/');
    struct slice service = slice_cut(&rest, '/');
    if (key.len == 0 || date.len == 0 || service.len == 0 ||
        !slice_equal(rest, SLICE("aws4_request"))) {
        char *text = arena_printf(reader->arena,
                                  "Credential must have exactly 5 slash-delimited elements, e.g. "
                                  "keyid/date/region/service/term, got '%.*s'",
                                  SLICE_ARG(credential));
        if (text == NULL)
            return STATUS_NO_MEMORY;
        *ret_problem = slice_of(text);
        return STATUS_INVALID;
    }
    if (!is_region(region)) {
        *ret_problem = SLICE("Credential should be scoped to a valid region.");
        return STATUS_INVALID;
    }
    ret->service = service;
    return read_principal(reader, key, region, ret);
}

static enum status anonymous(const struct reader *reader, struct credentials *ret)
{
    enum status status =
        credentials_internal(reader->arena, reader->defaults->account, reader->defaults->region,
                             SLICE("anonymous"), &ret->principal);
    ret->principal.is_anonymous = true;
    ret->service = slice_make(NULL, 0);
    ret->key_state = KEY_VALID;
    return status == STATUS_OK ? STATUS_NOT_FOUND : status;
}

static enum status read_header(const struct reader *reader, struct slice header,
                               struct credentials *ret, struct slice *ret_problem)
{
    if (!slice_starts_with(header, SLICE(ALGORITHM))) {
        *ret_problem = SLICE("Unsupported AWS 'algorithm': Authorization must begin with "
                             "'AWS4-HMAC-SHA256'.");
        return STATUS_INVALID;
    }
    struct authorization found = split_header(slice_from(header, sizeof(ALGORITHM) - 1));
    enum status status =
        report_missing(reader->arena, &found, reader->request, header, ret_problem);
    if (status != STATUS_OK)
        return status;
    return read_scope(reader, found.credential, ret, ret_problem);
}

enum status credentials_read(const struct http_request *request, struct arena *arena,
                             const struct credentials_defaults *defaults,
                             const struct key_port *keys, struct credentials *ret,
                             struct slice *ret_problem)
{
    const struct reader reader = {request, arena, defaults, keys};
    struct slice header = request_header(request, "Authorization");
    if (header.ptr != NULL)
        return read_header(&reader, header, ret, ret_problem);
    struct slice credential;
    enum status status = request_parameter(request, arena, "X-Amz-Credential", &credential);
    if (status == STATUS_NOT_FOUND)
        return anonymous(&reader, ret);
    if (status != STATUS_OK)
        return status;
    return read_scope(&reader, credential, ret, ret_problem);
}
