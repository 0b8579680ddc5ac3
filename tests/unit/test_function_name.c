#include "emulator/lambda/function_name.h"
#include "tests/lib/asserts.h"

struct form {
    const char *text;
    const char *account;
    const char *region;
    const char *name;
    const char *qualifier;
};

static void every_form_of_a_name_is_taken_apart(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"likes", "", "", "likes", ""},
        {"likes:$LATEST", "", "", "likes", "$LATEST"},
        {"function:likes", "", "", "likes", ""},
        {"123456789012:function:likes", "123456789012", "", "likes", ""},
        {"123456789012:function:likes:7", "123456789012", "", "likes", "7"},
        {"arn:aws:lambda:eu-west-1:123456789012:function:likes", "123456789012", "eu-west-1",
         "likes", ""},
        {"arn:aws:lambda:eu-west-1:123456789012:function:likes:live", "123456789012", "eu-west-1",
         "likes", "live"},
        {"123456789012", "", "", "123456789012", ""},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct function_name name;
        assert_ok(function_name_parse(slice_of(forms[i].text), &name));
        assert_slice(name.account, forms[i].account);
        assert_slice(name.region, forms[i].region);
        assert_slice(name.name, forms[i].name);
        assert_slice(name.qualifier, forms[i].qualifier);
    }
}

static void what_is_no_name_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "likes:",
        ":likes",
        "a:b:c",
        "arn:aws:s3:::bucket",
        "arn:aws:lambda:eu-west-1:123456789012:layer:likes",
        "arn:aws:lambda:eu-west-1:123456789012:function:",
        "arn:aws:lambda:::function:likes",
        "arn:aws:lambda",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct function_name name;
        assert_status(function_name_parse(slice_of(bad[i]), &name), STATUS_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_a_name_is_taken_apart),
        cmocka_unit_test(what_is_no_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
