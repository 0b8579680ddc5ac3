#include "handlers/admin/admin_routes.h"

#include "tests/lib/asserts.h"

static const struct admin_route routes[] = {
    {"/_hydrant/clock", "GET, HEAD", NULL},
    {"/_hydrant/firehose/*/flush", "POST", NULL},
};

static const struct admin_route *find(const char *path)
{
    return admin_routes_find(routes, 2, slice_of(path));
}

static void paths_are_matched_segment_by_segment(void **state)
{
    (void)state;
    assert_ptr_equal(find("/_hydrant/clock"), &routes[0]);
    assert_ptr_equal(find("/_hydrant/firehose/likes/flush"), &routes[1]);
    static const char *const others[] = {
        "/_hydrant",
        "/_hydrant/",
        "/_hydrant/cloc",
        "/_hydrant/clock/",
        "/_hydrant/clock/x",
        "/_hydrant/firehose//flush",
        "/_hydrant/firehose/a/b/flush",
        "/_hydrant/firehose/a/flush/",
        "/_hydrant/firehose/a",
        "",
        "/",
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (find(others[i]) != NULL)
            fail_msg("%s was found", others[i]);
}

static void the_segment_at_the_star_is_cut_out_raw(void **state)
{
    (void)state;
    assert_slice(admin_route_segment(&routes[1], SLICE("/_hydrant/firehose/a%20b/flush")), "a%20b");
    assert_slice(admin_route_segment(&routes[0], SLICE("/_hydrant/clock")), "");
}

static void methods_are_whole_words(void **state)
{
    (void)state;
    assert_true(admin_route_takes(&routes[0], SLICE("GET")));
    assert_true(admin_route_takes(&routes[0], SLICE("HEAD")));
    assert_false(admin_route_takes(&routes[0], SLICE("POST")));
    assert_false(admin_route_takes(&routes[0], SLICE("GE")));
    assert_false(admin_route_takes(&routes[1], SLICE("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_matched_segment_by_segment),
        cmocka_unit_test(the_segment_at_the_star_is_cut_out_raw),
        cmocka_unit_test(methods_are_whole_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
