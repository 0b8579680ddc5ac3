/*
 * run_function.c -- a function's process before it is the function's: it hides from itself what is
 * not for it, becomes its user, and then its program.
 */
#include <elf.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/slice.h"
#include "emulator/cli/command.h"
#include "emulator/loop/child_launch.h"
#include "emulator/loop/child_user.h"
#include "emulator/loop/child_view.h"

/* Where a program's own files are, twice: as it is called, and as what it is a link to. */
struct program_homes {
    char called[PATH_MAX];
    char real[PATH_MAX];
};

/* Of an interpreter /x/bin/python: /x, and so of one that /x/shims chooses. Of another program: its
 * folder. */
static void find_home(char *path)
{
    const char *folder = dirname(path);
    struct slice home = slice_of(folder);
    if (slice_ends_with(home, SLICE("/bin")))
        home.len -= sizeof("/bin") - 1;
    else if (slice_ends_with(home, SLICE("/shims")))
        home.len -= sizeof("/shims") - 1;
    memmove(path, folder, home.len);
    path[home.len] = '\0';
}

static void need(struct child_view *view, const char *folder)
{
    if (folder[0] == '/' && view->need_count < CHILD_VIEW_NEEDS_MAX)
        view->needs[view->need_count++] = folder;
}

/* First, since one may hold what else is needed. */
static void need_program(struct child_view *view, const char *program, struct program_homes *homes)
{
    if (realpath(program, homes->real) == NULL || strlen(program) >= sizeof(homes->called))
        return; /* starting it will say why */
    memcpy(homes->called, program, strlen(program) + 1);
    find_home(homes->called);
    find_home(homes->real);
    need(view, homes->called);
    need(view, homes->real);
}

/* "UID:GID" */
static bool read_user(struct child_view *view, const char *text)
{
    struct child_user user;
    if (child_user_find(text, &user) != STATUS_OK)
        return false;
    view->has_user = user.is_another;
    view->user = user.user;
    view->group = user.group;
    return true;
}

/* The options; where the program stands behind "--". 0: they make no sense. */
static int read_options(int argc, char **argv, struct child_view *view,
                        struct program_homes homes[2])
{
    int program = 0;
    while (program < argc && strcmp(argv[program], "--") != 0)
        program++;
    if (++program >= argc)
        return 0;
    need_program(view, argv[program], &homes[0]);
    if (program + 1 < argc)
        need_program(view, argv[program + 1], &homes[1]); /* the first one may be a wrapper */
    for (int i = 0; i + 2 < program; i += 2) {
        if (strcmp(argv[i], "--tmp") == 0)
            view->temporary_folder = argv[i + 1];
        else if (strcmp(argv[i], "--needs") == 0)
            need(view, argv[i + 1]);
        else if (strcmp(argv[i], "--user") != 0 || !read_user(view, argv[i + 1]))
            return 0;
    }
    return program;
}

/* There, what it is told to use is called /tmp. */
static bool point_at_own_tmp(const struct child_view *view)
{
    static const char *const names[] = {"TMPDIR", "HOME"};
    bool done = true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]); /* NOLINT(concurrency-mt-unsafe): one thread */
        if (value != NULL && strcmp(value, view->temporary_folder) == 0)
            done = setenv(names[i], "/tmp", 1) == 0 && done; /* NOLINT(concurrency-mt-unsafe) */
    }
    return done;
}

static enum status enter(struct child_view *view)
{
    bool is_private = false;
    const char *closed = "";
    enum status status = child_view_enter(view, &is_private, &closed);
    if (status == STATUS_DENIED && view->has_user) {
        (void)fprintf(stderr, "[hydrant] user %u cannot read %s here: the function runs as root\n",
                      view->user, closed);
        view->has_user = false;
        status = child_view_enter(view, &is_private, &closed);
    }
    if (status == STATUS_OK && is_private && !point_at_own_tmp(view))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK && view->has_user)
        child_limit_processes();
    return status;
}

/* For what machine a program was made, in Lambda's words; NULL: it is no such program. */
static const char *machine_of(const char *program)
{
    Elf32_Ehdr head = {.e_machine = EM_NONE}; /* as far as it is used, that of 64 bits, too */
    FILE *file = fopen(program, "re");
    size_t count = file != NULL ? fread(&head, sizeof(head), 1, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    if (count != 1 || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
        return NULL;
    switch (head.e_machine) {
    case EM_X86_64:
        return "x86_64";
    case EM_AARCH64:
        return "arm64";
    default:
        return "foreign";
    }
}

static void tell_why(const char *program, enum status status)
{
    const char *its = machine_of(program);
    const char *ours = machine_of("/proc/self/exe");
    (void)fprintf(stderr, "[hydrant] %s cannot be run: ", program);
    if (its != NULL && ours != NULL && strcmp(its, ours) != 0)
        (void)fprintf(stderr, "exec format error: %s bootstrap on %s host\n", its, ours);
    else
        (void)fprintf(stderr, "%s\n", status_text(status));
}

static int run(int argc, char **argv)
{
    struct child_view view = {.need_count = 0};
    struct program_homes homes[2];
    int program = read_options(argc, argv, &view, homes);
    if (program == 0)
        return command_usage_error(&run_function_command, "which program?");
    enum status status = enter(&view);
    if (status == STATUS_OK)
        status = child_launch(argv + program);
    tell_why(argv[program], status);
    return COMMAND_FAILED;
}

const struct command run_function_command = {
    .name = "run-function",
    .summary = "Start a function's process; for the daemon's own use",
    .usage = "[--user UID:GID] [--tmp FOLDER] [--needs FOLDER]... -- <program> [arguments]",
    .is_hidden = true,
    .run = run,
};
