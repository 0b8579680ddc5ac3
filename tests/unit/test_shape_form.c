#include "emulator/shapes/shape_form.h"

#include "emulator/base/text.h"
#include "emulator/shapes/shape_check.h"
#include "tests/lib/asserts.h"

#define MAX_PARAMS 16

static struct shape_form_param params[MAX_PARAMS];

/* "name=value&name=value", nothing encoded. */
static size_t split(const char *form)
{
    struct slice rest = slice_of(form);
    size_t count = 0;
    while (rest.len > 0 && count < MAX_PARAMS) {
        struct slice value = slice_cut(&rest, '&');
        struct slice name = slice_cut(&value, '=');
        params[count++] = (struct shape_form_param){.name = name, .value = value};
    }
    return count;
}

static void assert_json(const char *operation, const char *form, const char *expected)
{
    struct text json;
    text_init(&json, 65536);
    shape_form_to_json(shape_find(SLICE("monitoring"), slice_of(operation)), params, split(form),
                       &json);
    assert_ok(json.status);
    assert_slice(text_slice(&json), expected);
    text_close(&json);
}

static void members_get_the_types_of_the_model(void **state)
{
    (void)state;
    assert_json("GetMetricStatistics",
                "Period=60&Namespace=5&StartTime=2026-11-25T00:00:00Z&MetricName=true",
                "{\"Namespace\":\"5\",\"MetricName\":\"true\",\"StartTime\":1795564800.000,"
                "\"Period\":60}");
    assert_json("ListMetrics", "IncludeLinkedAccounts=true", "{\"IncludeLinkedAccounts\":true}");
}

static void lists_and_structures_nest(void **state)
{
    (void)state;
    assert_json("PutMetricData",
                "Namespace=N&MetricData.member.1.MetricName=a&MetricData.member.1.Value=1.5"
                "&MetricData.member.1.Dimensions.member.1.Name=k"
                "&MetricData.member.1.Dimensions.member.1.Value=v"
                "&MetricData.member.2.MetricName=b",
                "{\"Namespace\":\"N\",\"MetricData\":[{\"MetricName\":\"a\",\"Dimensions\":"
                "[{\"Name\":\"k\",\"Value\":\"v\"}],\"Value\":1.5},{\"MetricName\":\"b\"}]}");
}

static void elements_come_by_their_numbers(void **state)
{
    (void)state;
    assert_json("GetMetricStatistics",
                "Statistics.member.2=b&Statistics.member.10=j&Statistics.member.1=a"
                "&Statistics.member.3=c&Statistics.member.4=d&Statistics.member.5=e"
                "&Statistics.member.6=f&Statistics.member.7=g&Statistics.member.8=h"
                "&Statistics.member.9=i",
                "{\"Statistics\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\"]}");
}

static void an_empty_list_and_a_list_without_member_are_lists(void **state)
{
    (void)state;
    assert_json("GetMetricStatistics", "Dimensions=&Statistics.1=Sum",
                "{\"Dimensions\":[],\"Statistics\":[\"Sum\"]}");
}

static void what_is_not_of_its_type_stays_a_string(void **state)
{
    (void)state;
    assert_json("GetMetricStatistics", "Period=[1]&StartTime=today",
                "{\"StartTime\":\"today\",\"Period\":\"[1]\"}");
    assert_json("GetMetricStatistics", "Period=1,\"x\":2", "{\"Period\":\"1,\\\"x\\\":2\"}");
    assert_json("GetMetricStatistics", "Period=NaN", "{\"Period\":\"NaN\"}");
}

static void parameters_the_operation_does_not_have_are_left_unused(void **state)
{
    (void)state;
    assert_json("ListMetrics", "Namespace=N&Names=x&Namespace.x=1&Dimensions.member.2.Name=late",
                "{\"Namespace\":\"N\",\"Dimensions\":[]}");
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(params[i].is_used, slice_equal_text(params[i].name, "Namespace"));
}

static void names_longer_than_any_real_one_do_no_harm(void **state)
{
    (void)state;
    static char name[5000];
    struct text json;
    for (size_t i = 0; i < sizeof(name); i++)
        name[i] = "Dimensions.member.1."[i % 20];
    params[0] = (struct shape_form_param){.name = slice_make(name, sizeof(name))};
    text_init(&json, 65536);
    shape_form_to_json(shape_find(SLICE("monitoring"), SLICE("ListMetrics")), params, 1, &json);
    assert_ok(json.status);
    assert_slice(text_slice(&json), "{\"Dimensions\":[{}]}");
    text_close(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_get_the_types_of_the_model),
        cmocka_unit_test(lists_and_structures_nest),
        cmocka_unit_test(elements_come_by_their_numbers),
        cmocka_unit_test(an_empty_list_and_a_list_without_member_are_lists),
        cmocka_unit_test(what_is_not_of_its_type_stays_a_string),
        cmocka_unit_test(parameters_the_operation_does_not_have_are_left_unused),
        cmocka_unit_test(names_longer_than_any_real_one_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
