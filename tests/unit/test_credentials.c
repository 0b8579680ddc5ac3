#include <stdio.h>

#include "emulator/auth/credentials.h"
#include "emulator/base/arena.h"
#include "emulator/http/request.h"
#include "tests/lib/asserts.h"

#define SIGNED ", SignedHeaders=host;x-amz-date, Signature=00ff"

static const struct credentials_defaults defaults = {SLICE_INIT("000000000000"),
                                                     SLICE_INIT("eu-west-1")};

static int set_up(void **state)
{
    static struct arena arena;
    arena_init(&arena, 65536);
    *state = &arena;
    return 0;
}

static int tear_down(void **state)
{
    arena_clear(*state);
    return 0;
}

static struct slice problem;
static const struct key_port *keys; /* NULL unless a test has some */

static enum status read_query(struct arena *arena, const char *query, struct credentials *ret)
{
    struct http_request request = {.query = slice_of(query)};
    problem = slice_make(NULL, 0);
    return credentials_read(&request, arena, &defaults, keys, ret, &problem);
}

static enum status read_dated(struct arena *arena, const char *header, const char *date_name,
                              struct credentials *ret)
{
    struct http_header headers[] = {{slice_of(date_name), SLICE_INIT("20260101T000000Z")},
                                    {SLICE_INIT("authorization"), slice_of(header)}};
    struct http_request request = {.headers = headers, .header_count = 2};
    problem = slice_make(NULL, 0);
    return credentials_read(&request, arena, &defaults, keys, ret, &problem);
}

static enum status read_header(struct arena *arena, const char *header, struct credentials *ret)
{
    return read_dated(arena, header, "X-Amz-Date", ret);
}

static void a_header_names_key_region_and_service(void **state)
{
    struct credentials c;
    assert_ok(read_header(*state,
                          "AWS4-HMAC-SHA256 Credential=AKIA123/20260101/us-east-2/firehose/"
                          "aws4_request" SIGNED,
                          &c));
    assert_slice(c.principal.access_key, "AKIA123");
    assert_slice(c.principal.account, "000000000000");
    assert_slice(c.principal.region, "us-east-2");
    assert_slice(c.principal.arn, "arn:aws:iam::000000000000:root");
    assert_slice(c.service, "firehose");
    assert_false(c.principal.is_anonymous);
}

static void spaces_between_the_parts_do_not_matter(void **state)
{
    struct credentials c;
    assert_ok(read_header(*state,
                          "AWS4-HMAC-SHA256 Signature=00,SignedHeaders=host,"
                          "Credential=test/20260101/us-east-1/s3/aws4_request",
                          &c));
    assert_slice(c.service, "s3");
    assert_slice(c.principal.region, "us-east-1");
}

static void a_key_of_twelve_digits_is_the_account(void **state)
{
    struct credentials c;
    assert_ok(read_header(
        *state, "AWS4-HMAC-SHA256 Credential=123456789012/d/r/s3/aws4_request" SIGNED, &c));
    assert_slice(c.principal.account, "123456789012");
    assert_slice(c.principal.arn, "arn:aws:iam::123456789012:root");
    assert_ok(read_header(
        *state, "AWS4-HMAC-SHA256 Credential=1234567890123/d/r/s3/aws4_request" SIGNED, &c));
    assert_slice(c.principal.account, "000000000000");
    assert_ok(read_header(
        *state, "AWS4-HMAC-SHA256 Credential=12345678901x/d/r/s3/aws4_request" SIGNED, &c));
    assert_slice(c.principal.account, "000000000000");
}

static void an_empty_region_is_the_default_one(void **state)
{
    struct credentials c;
    assert_ok(read_header(*state, "AWS4-HMAC-SHA256 Credential=k/d//s3/aws4_request" SIGNED, &c));
    assert_slice(c.principal.region, "eu-west-1");
}

static void every_missing_part_is_named_in_amazons_words(void **state)
{
    struct credentials c;
    assert_status(read_dated(*state, "AWS4-HMAC-SHA256 Foo=bar", "X-Other", &c), STATUS_INVALID);
    assert_slice(problem,
                 "Authorization header requires 'Credential' parameter. "
                 "Authorization header requires 'Signature' parameter. "
                 "Authorization header requires 'SignedHeaders' parameter. "
                 "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                 "header. Authorization=AWS4-HMAC-SHA256 Foo=bar");
    assert_status(read_header(*state,
                              "AWS4-HMAC-SHA256 Credential=k/d/r/s3/aws4_request, "
                              "SignedHeaders=host",
                              &c),
                  STATUS_INVALID);
    assert_slice(problem, "Authorization header requires 'Signature' parameter. "
                          "Authorization=AWS4-HMAC-SHA256 Credential=k/d/r/s3/aws4_request, "
                          "SignedHeaders=host");
}

static void a_date_header_serves_as_well(void **state)
{
    struct credentials c;
    assert_ok(
        read_dated(*state, "AWS4-HMAC-SHA256 Credential=k/d/r/s3/aws4_request" SIGNED, "Date", &c));
}

static void a_credential_without_five_parts_is_broken(void **state)
{
    static const char *const scopes[] = {"k",
                                         "k/d/r/s3",
                                         "k/d/r/s3/aws4_request/more",
                                         "k/d/r/s3/aws5_request",
                                         "/d/r/s3/aws4_request",
                                         "k//r/s3/aws4_request",
                                         "k/d/r//aws4_request"};
    for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
        struct credentials c;
        char header[128];
        char expected[192];
        (void)snprintf(header, sizeof(header), "AWS4-HMAC-SHA256 Credential=%s" SIGNED, scopes[i]);
        (void)snprintf(expected, sizeof(expected),
                       "Credential must have exactly 5 slash-delimited elements, e.g. "
                       "keyid/date/region/service/term, got '%s'",
                       scopes[i]);
        assert_status(read_header(*state, header, &c), STATUS_INVALID);
        assert_slice(problem, expected);
    }
}

static void a_region_no_region_can_have_is_refused(void **state)
{
    static const char *const regions[] = {"us_east_1", "US-EAST-1", "a\"b", "\xFF",
                                          "a-region-longer-than-any-there-is"};
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
        struct credentials c;
        char header[256];
        (void)snprintf(header, sizeof(header),
                       "AWS4-HMAC-SHA256 Credential=k/d/%s/s3/aws4_request" SIGNED, regions[i]);
        assert_status(read_header(*state, header, &c), STATUS_INVALID);
        assert_slice(problem, "Credential should be scoped to a valid region.");
    }
}

static void another_algorithm_is_refused(void **state)
{
    struct credentials c;
    assert_status(read_header(*state, "AWS AKIA:signature", &c), STATUS_INVALID);
    assert_true(slice_starts_with(problem, SLICE("Unsupported AWS 'algorithm'")));
    assert_status(read_header(*state, "", &c), STATUS_INVALID);
}

static void a_presigned_query_is_decoded(void **state)
{
    struct credentials c;
    assert_ok(read_query(*state,
                         "a=b&X-Amz-Credential=111122223333%2F20260101%2Fus-west-2%2Fs3%2F"
                         "aws4_request",
                         &c));
    assert_slice(c.principal.account, "111122223333");
    assert_slice(c.principal.region, "us-west-2");
    assert_slice(c.service, "s3");
    assert_status(read_query(*state, "X-Amz-Credential=", &c), STATUS_INVALID);
}

static void without_credentials_the_caller_is_anonymous(void **state)
{
    struct credentials c;
    assert_status(read_query(*state, "a=b", &c), STATUS_NOT_FOUND);
    assert_true(c.principal.is_anonymous);
    assert_slice(c.principal.account, "000000000000");
    assert_slice(c.principal.region, "eu-west-1");
    assert_slice(c.principal.access_key, "");
    assert_slice(c.service, "");
}

/* ---- keys that were made inside ---- */

/* One key, AKIAMADE, valid when the token "token" comes along. */
static enum status find_made(void *ctx, struct slice access_key, struct slice token,
                             struct arena *arena, struct key_owner *ret_owner)
{
    (void)arena;
    if (!slice_equal_text(access_key, "AKIAMADE"))
        return *(enum status *)ctx;
    *ret_owner = (struct key_owner){
        .state = slice_equal_text(token, "token") ? KEY_VALID : KEY_INVALID,
        .account = SLICE("444455556666"),
        .arn = SLICE("arn:aws:iam::444455556666:user/u"),
        .user_id = SLICE("AIDA1"),
    };
    return STATUS_OK;
}

static enum status of_others = STATUS_NOT_FOUND;
static const struct key_port made_keys = {&of_others, find_made};

static void a_made_key_is_its_owner(void **state)
{
    struct credentials c;
    keys = &made_keys;
    assert_ok(read_query(
        *state, "X-Amz-Credential=AKIAMADE/d/r/s3/aws4_request&X-Amz-Security-Token=token", &c));
    assert_int_equal(c.key_state, KEY_VALID);
    assert_slice(c.principal.account, "444455556666");
    assert_slice(c.principal.arn, "arn:aws:iam::444455556666:user/u");
    assert_slice(c.principal.user_id, "AIDA1");
    assert_slice(c.principal.access_key, "AKIAMADE");
    assert_slice(c.principal.region, "r");
    keys = NULL;
}

static void the_token_comes_in_a_header_too(void **state)
{
    struct credentials c;
    struct http_header headers[] = {
        {SLICE_INIT("X-Amz-Date"), SLICE_INIT("20260101T000000Z")},
        {SLICE_INIT("x-amz-security-token"), SLICE_INIT("token")},
        {SLICE_INIT("Authorization"),
         SLICE_INIT("AWS4-HMAC-SHA256 Credential=AKIAMADE/d/r/s3/aws4_request" SIGNED)}};
    struct http_request request = {.headers = headers, .header_count = 3};
    assert_ok(credentials_read(&request, *state, &defaults, &made_keys, &c, &problem));
    assert_int_equal(c.key_state, KEY_VALID);
}

static void a_made_key_may_be_invalid(void **state)
{
    struct credentials c;
    keys = &made_keys;
    assert_ok(
        read_header(*state, "AWS4-HMAC-SHA256 Credential=AKIAMADE/d/r/s3/aws4_request" SIGNED, &c));
    assert_int_equal(c.key_state, KEY_INVALID);
    keys = NULL;
}

static void other_keys_are_the_root_of_the_default_account(void **state)
{
    struct credentials c;
    keys = &made_keys;
    assert_ok(read_header(*state,
                          "AWS4-HMAC-SHA256 Credential=AKIAOTHER/d/r/s3/aws4_request" SIGNED, &c));
    assert_int_equal(c.key_state, KEY_VALID);
    assert_slice(c.principal.arn, "arn:aws:iam::000000000000:root");
    assert_slice(c.principal.user_id, "000000000000");
    keys = NULL;
}

static void a_look_up_that_fails_is_told(void **state)
{
    struct credentials c;
    keys = &made_keys;
    of_others = STATUS_IO_ERROR;
    enum status status =
        read_header(*state, "AWS4-HMAC-SHA256 Credential=test/d/r/s3/aws4_request" SIGNED, &c);
    of_others = STATUS_NOT_FOUND;
    keys = NULL;
    assert_status(status, STATUS_IO_ERROR);
}

static void an_internal_call_is_its_role_or_the_root(void **state)
{
    struct principal p;
    assert_ok(credentials_internal(*state, SLICE("111122223333"), SLICE("us-east-1"),
                                   SLICE("arn:aws:iam::111122223333:role/likes"), &p));
    assert_slice(p.arn, "arn:aws:iam::111122223333:role/likes");
    assert_slice(p.account, "111122223333");
    assert_ok(
        credentials_internal(*state, SLICE("111122223333"), SLICE("us-east-1"), SLICE(""), &p));
    assert_slice(p.arn, "arn:aws:iam::111122223333:root");
    assert_slice(p.region, "us-east-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_names_key_region_and_service),
        cmocka_unit_test(spaces_between_the_parts_do_not_matter),
        cmocka_unit_test(a_key_of_twelve_digits_is_the_account),
        cmocka_unit_test(an_empty_region_is_the_default_one),
        cmocka_unit_test(every_missing_part_is_named_in_amazons_words),
        cmocka_unit_test(a_date_header_serves_as_well),
        cmocka_unit_test(a_credential_without_five_parts_is_broken),
        cmocka_unit_test(a_region_no_region_can_have_is_refused),
        cmocka_unit_test(another_algorithm_is_refused),
        cmocka_unit_test(a_presigned_query_is_decoded),
        cmocka_unit_test(without_credentials_the_caller_is_anonymous),
        cmocka_unit_test(a_made_key_is_its_owner),
        cmocka_unit_test(the_token_comes_in_a_header_too),
        cmocka_unit_test(a_made_key_may_be_invalid),
        cmocka_unit_test(other_keys_are_the_root_of_the_default_account),
        cmocka_unit_test(a_look_up_that_fails_is_told),
        cmocka_unit_test(an_internal_call_is_its_role_or_the_root),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
