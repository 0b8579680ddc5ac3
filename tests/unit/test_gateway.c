#include "gateway_world.h"

#include "emulator/base/log.h"
#include "tests/lib/asserts.h"

static void the_head_says_who_calls_where(void **state)
{
    struct fixture *f = *state;
    struct client client;
    ask_service(&client, "Fake_2026", "put", AUTHORIZATION);
    assert_false(call_is_answered(&client.call));
    assert_ptr_equal(client.call.service, &fake);
    assert_string_equal(client.call.operation->name, "put");
    assert_slice(client.call.principal->account, "111122223333");
    assert_slice(client.call.principal->region, "us-west-2");
    assert_ptr_equal(client.call.sandbox, &f->sandbox);
    assert_int_equal(client.call.body_max_bytes, 1234);
    call_close(&client.call);
}

static void without_credentials_the_service_decides(void **state)
{
    (void)state;
    struct client client;
    ask_service(&client, "Fake_2026", "put", NULL);
    assert_string_equal(client.call.error_code, "Unsigned");
    assert_slice(client.call.response.body, "Request is missing Authentication Token");
    call_close(&client.call);
    ask_service(&client, "Open", "put", NULL);
    assert_false(call_is_answered(&client.call));
    assert_true(client.call.principal->is_anonymous);
    call_close(&client.call);
}

static void broken_credentials_are_refused_even_where_none_are_needed(void **state)
{
    (void)state;
    struct client client;
    ask_service(&client, "Open", "put", "Basic dGVzdA==");
    assert_string_equal(client.call.error_code, "Broken");
    call_close(&client.call);
}

/* What the key is called says what it is. */
static enum status find_key(void *ctx, struct slice access_key, struct slice token,
                            struct arena *arena, struct key_owner *ret_owner)
{
    (void)ctx;
    (void)token;
    (void)arena;
    if (slice_equal_text(access_key, "broken"))
        return STATUS_IO_ERROR;
    *ret_owner = (struct key_owner){
        .state = slice_equal_text(access_key, "valid")     ? KEY_VALID
                 : slice_equal_text(access_key, "invalid") ? KEY_INVALID
                                                           : KEY_EXPIRED,
        .account = SLICE("444455556666"),
        .arn = SLICE("arn:aws:iam::444455556666:user/u"),
    };
    return STATUS_OK;
}

#define SIGNED_BY(key) \
    "AWS4-HMAC-SHA256 Credential=" key "/d/r/fake/aws4_request, SignedHeaders=host, Signature=00"

static void keys_made_inside_are_their_owners_or_refused(void **state)
{
    static const struct key_port keys = {NULL, find_key};
    struct fixture *f = *state;
    struct client client;
    f->sandbox.keys = &keys;
    ask_service(&client, "Fake_2026", "put", SIGNED_BY("valid"));
    assert_false(call_is_answered(&client.call));
    assert_slice(client.call.principal->arn, "arn:aws:iam::444455556666:user/u");
    assert_slice(client.call.principal->account, "444455556666");
    call_close(&client.call);
    ask_service(&client, "Fake_2026", "put", SIGNED_BY("invalid"));
    assert_string_equal(client.call.error_code, "InvalidKey");
    assert_slice(client.call.response.body,
                 "The security token included in the request is invalid.");
    call_close(&client.call);
    ask_service(&client, "Open", "put", SIGNED_BY("expired"));
    assert_string_equal(client.call.error_code, "ExpiredKey");
    assert_slice(client.call.response.body, "It is over.");
    call_close(&client.call);
    ask_service(&client, "Fake_2026", "put", SIGNED_BY("broken"));
    assert_string_equal(client.call.error_code, "Internal");
    call_close(&client.call);
}

static void a_service_without_errors_of_keys_does_not_look_at_them(void **state)
{
    static const struct key_port keys = {NULL, find_key};
    struct fixture *f = *state;
    struct client client;
    f->sandbox.keys = &keys;
    ask_service(&client, "Blind", "put", SIGNED_BY("expired"));
    assert_false(call_is_answered(&client.call));
    call_close(&client.call);
}

static void a_service_nobody_has_is_named(void **state)
{
    (void)state;
    struct client client;
    ask_service(&client, "Kinesis_20131202", "PutRecord", NULL);
    assert_int_equal(client.call.response.status, 400);
    assert_slice(
        client.call.response.body,
        "{\"__type\":\"UnknownOperationException\",\"message\":\"Hydrant does not have the "
        "service or operation Kinesis_20131202.PutRecord.\"}");
    call_close(&client.call);
}

static void a_head_of_too_many_bytes_is_refused(void **state)
{
    (void)state;
    struct client client;
    ask_service(&client, "Fake_2026", "put", AUTHORIZATION);
    client.call.request.header_bytes = 16385;
    gateway_head(&fixture->gateway, &client.call);
    assert_string_equal(client.call.error_code, "TooLarge");
    call_close(&client.call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_head_says_who_calls_where),
        TEST(without_credentials_the_service_decides),
        TEST(broken_credentials_are_refused_even_where_none_are_needed),
        TEST(keys_made_inside_are_their_owners_or_refused),
        TEST(a_service_without_errors_of_keys_does_not_look_at_them),
        TEST(a_service_nobody_has_is_named),
        TEST(a_head_of_too_many_bytes_is_refused),
    };
    log_set_level(LOG_ERROR + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
