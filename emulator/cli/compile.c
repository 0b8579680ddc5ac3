/*
 * compile.c -- `hydrant cc`: a C transform into a shared object, with the hydrant.h of this very
 * program, in a temporary folder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/cli/command.h"
#include "emulator/cli/plugin_header.h"
#include "emulator/loop/child.h"
#include "emulator/loop/loop.h"

#define ARENA_MAX_BYTES ((size_t)1024 * 1024)

extern char **environ;

struct compilation {
    struct arena arena;
    const char *source;
    const char *output;   /* NULL: the source's name with .so */
    char *const *further; /* arguments for the compiler */
    size_t further_count;
    char folder[64]; /* of hydrant.h */
    struct loop *loop;
    struct child *child;
    int code;
};

/* ---- the compiler ------------------------------------------------------------------------ */

static void on_output(void *ctx, struct slice bytes)
{
    (void)ctx;
    (void)fwrite(bytes.ptr, 1, bytes.len, stderr);
}

static void on_exit_of(void *ctx, struct child_exit how)
{
    struct compilation *c = ctx;
    c->code = how.signal == 0 && how.status == 0 ? COMMAND_OK : COMMAND_FAILED;
    loop_stop(c->loop);
}

/* NULL-terminated; NULL when out of memory. */
static const char **make_arguments(struct compilation *c)
{
    const char *include = arena_printf(&c->arena, "-I%s", c->folder);
    const char *compiler = getenv("CC"); /* NOLINT(concurrency-mt-unsafe): before any thread */
    const char *fixed[] = {
        "/usr/bin/env", compiler != NULL && compiler[0] != '\0' ? compiler : "cc",
        "-shared",      "-fPIC",
        "-O2",          "-g",
        "-Wall",        "-fvisibility=hidden",
        include,        "-o",
        c->output,      c->source,
    };
    size_t count = sizeof(fixed) / sizeof(fixed[0]);
    const char **arguments =
        arena_zalloc(&c->arena, (count + c->further_count + 1) * sizeof(*arguments));
    if (arguments == NULL || include == NULL)
        return NULL;
    memcpy(arguments, fixed, sizeof(fixed));
    for (size_t i = 0; i < c->further_count; i++)
        arguments[count + i] = c->further[i];
    return arguments;
}

static enum status run_compiler(struct compilation *c)
{
    const char **arguments = make_arguments(c);
    if (arguments == NULL)
        return STATUS_NO_MEMORY;
    const struct child_options options = {
        .arguments = arguments,
        .environment = (const char *const *)environ,
        .folder = ".",
        .ctx = c,
        .on_output = on_output,
        .on_exit = on_exit_of,
    };
    enum status status = loop_create(&c->loop);
    if (status == STATUS_OK)
        status = child_start(c->loop, &options, &c->child);
    if (status == STATUS_OK)
        loop_run(c->loop);
    child_destroy(c->child);
    loop_destroy(c->loop);
    return status;
}

/* ---- the header -------------------------------------------------------------------------- */

static const char *header_path(struct compilation *c)
{
    return arena_printf(&c->arena, "%s/hydrant.h", c->folder);
}

static bool write_header(struct compilation *c)
{
    const char *parent = getenv("TMPDIR"); /* NOLINT(concurrency-mt-unsafe): before any thread */
    int len = snprintf(c->folder, sizeof(c->folder), "%s/hydrant-cc-XXXXXX",
                       parent != NULL ? parent : "/tmp");
    if (len < 0 || (size_t)len >= sizeof(c->folder) || mkdtemp(c->folder) == NULL)
        return false;
    const char *path = header_path(c);
    FILE *file = path != NULL ? fopen(path, "wb") : NULL;
    if (file == NULL)
        return false;
    struct slice header = hydrant_h();
    bool is_written = fwrite(header.ptr, 1, header.len, file) == header.len;
    return fclose(file) == 0 && is_written;
}

static void remove_header(struct compilation *c)
{
    const char *path = header_path(c);
    if (path != NULL)
        (void)unlink(path);
    (void)rmdir(c->folder);
}

/* ---- the command ------------------------------------------------------------------------- */

static bool choose_output(struct compilation *c)
{
    struct slice base = slice_of(c->source);
    if (c->output != NULL)
        return true;
    if (slice_ends_with(base, SLICE(".c")))
        base.len -= 2;
    c->output = arena_printf(&c->arena, "%.*s.so", SLICE_ARG(base));
    return c->output != NULL;
}

static int compile(struct compilation *c)
{
    enum status status = STATUS_NO_MEMORY;
    arena_init(&c->arena, ARENA_MAX_BYTES);
    c->code = COMMAND_FAILED;
    bool has_header = choose_output(c) && write_header(c);
    if (has_header)
        status = run_compiler(c);
    if (!has_header)
        (void)fprintf(stderr, "hydrant cc: cannot write hydrant.h to %s\n", c->folder);
    else if (status != STATUS_OK)
        (void)fprintf(stderr, "hydrant cc: the compiler cannot be run: %s\n", status_text(status));
    else if (c->code == COMMAND_OK)
        (void)printf("Made %s. Use it: hydrant serve --function NAME=%s\n", c->output, c->output);
    remove_header(c);
    arena_clear(&c->arena);
    return c->code;
}

static int run(int argc, char **argv)
{
    struct compilation c = {.code = COMMAND_FAILED};
    int i = 0;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "-o") == 0) {
            if (i + 1 == argc || c.output != NULL)
                return command_usage_error(&cc_command, "-o takes one file, once");
            c.output = argv[++i];
        } else if (argv[i][0] == '-') {
            return command_usage_error(&cc_command,
                                       "there is no option %s; put arguments of the "
                                       "compiler behind --",
                                       argv[i]);
        } else if (c.source != NULL) {
            return command_usage_error(&cc_command, "unexpected argument \"%s\"", argv[i]);
        } else {
            c.source = argv[i];
        }
    }
    if (c.source == NULL)
        return command_usage_error(&cc_command, "the name of a C file is missing");
    if (i < argc) {
        c.further = argv + i + 1;
        c.further_count = (size_t)(argc - i - 1);
    }
    return compile(&c);
}

static void write_help(struct text *out)
{
    text_append_text(
        out,
        "Makes a shared object of a C transform that includes <hydrant.h>; the header comes from\n"
        "this program. The compiler is $CC, else cc.\n\n"
        "  -o FILE  what to make; the source's name with .so when not given\n"
        "  --       what follows is for the compiler: hydrant cc likes.c -- -lcjson\n");
}

const struct command cc_command = {
    .name = "cc",
    .summary = "Compile a C transform",
    .usage = "<file.c> [-o FILE.so] [-- COMPILER ARGUMENTS]",
    .write_help = write_help,
    .run = run,
};
