#include "emulator/loop/client_environment.h"

#include "emulator/base/arena.h"
#include "emulator/base/slice.h"

enum { ADDED_MAX = 12 };

/* What would lead a client past Hydrant, or make it use what belongs to a real account. */
static const char *const dropped[] = {
    "AWS_ENDPOINT_URL",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_EC2_METADATA_DISABLED",
    "HYDRANT_ENDPOINT",
    "NO_PROXY",
    "no_proxy",
};

static const char *value_of(const char *const *given, const char *name)
{
    for (size_t i = 0; given[i] != NULL; i++) {
        struct slice value = slice_of(given[i]);
        if (slice_equal_text(slice_cut(&value, '='), name))
            return value.ptr != NULL ? value.ptr : "";
    }
    return NULL;
}

static bool is_dropped(struct slice name)
{
    for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
        if (slice_equal_text(name, dropped[i]))
            return true;
    return slice_starts_with(name, SLICE("AWS_ENDPOINT_URL_")); /* of one service */
}

static size_t keep_given(const char *const *given, const char **environment)
{
    size_t count = 0;
    for (size_t i = 0; given[i] != NULL; i++) {
        struct slice rest = slice_of(given[i]);
        if (!is_dropped(slice_cut(&rest, '=')))
            environment[count++] = given[i];
    }
    return count;
}

/* A proxy of the company's cannot reach this machine's loopback. */
static const char *no_proxy(struct arena *arena, const char *const *given, const char *name)
{
    const char *before = value_of(given, name);
    bool has_some = before != NULL && before[0] != '\0';
    return arena_printf(arena, "%s=127.0.0.1,localhost%s%s", name, has_some ? "," : "",
                        has_some ? before : "");
}

const char **client_environment(struct arena *arena, const char *const *given, const char *url,
                                const char *region)
{
    size_t count = 0;
    while (given[count] != NULL)
        count++;
    const char **environment = arena_zalloc(arena, (count + ADDED_MAX) * sizeof(*environment));
    if (environment == NULL)
        return NULL;
    bool names_region =
        value_of(given, "AWS_REGION") != NULL || value_of(given, "AWS_DEFAULT_REGION") != NULL;
    const char *added[] = {
        arena_printf(arena, "AWS_ENDPOINT_URL=%s", url),
        arena_printf(arena, "HYDRANT_ENDPOINT=%s", url),
        no_proxy(arena, given, "NO_PROXY"),
        no_proxy(arena, given, "no_proxy"),
        "AWS_ACCESS_KEY_ID=test",
        "AWS_SECRET_ACCESS_KEY=test",
        "AWS_EC2_METADATA_DISABLED=true",
        arena_printf(arena, "AWS_REGION=%s", region),
        arena_printf(arena, "AWS_DEFAULT_REGION=%s", region),
    };
    size_t wanted = sizeof(added) / sizeof(added[0]) - (names_region ? 2 : 0);
    size_t used = keep_given(given, environment);
    for (size_t i = 0; i < wanted; i++) {
        if (added[i] == NULL)
            return NULL;
        environment[used++] = added[i];
    }
    return environment;
}
