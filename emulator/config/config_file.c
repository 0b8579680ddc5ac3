#include "emulator/config/config_file.h"

#include <errno.h>
#include <stdio.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/config/settings.h"

/* What taking one line needs. */
struct reading {
    const char *path;
    size_t line;
    struct config *config;
    struct arena *arena;
    struct text *problem;
    bool *seen; /* one per setting */
};

static enum status take_value(struct reading *r, const struct setting *setting, struct slice value)
{
    size_t count = 0;
    size_t row = (size_t)(setting - settings_all(&count));
    if (r->seen[row] && setting->type != SETTING_LIST) {
        text_printf(r->problem, "%s:%zu: %s stands there twice", r->path, r->line, setting->name);
        return STATUS_INVALID;
    }
    r->seen[row] = true;
    char *where = arena_printf(r->arena, "%s:%zu: %s", r->path, r->line, setting->name);
    if (where == NULL)
        return STATUS_NO_MEMORY;
    return setting_take(setting, r->config, r->arena, where, value, r->problem);
}

static enum status take_line(struct reading *r, struct slice line)
{
    line = slice_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return STATUS_OK;
    if (slice_find(line, '=') == line.len) {
        text_printf(r->problem, "%s:%zu: \"%.*s\" is not of the form key = value", r->path, r->line,
                    SLICE_ARG(line));
        return STATUS_INVALID;
    }

    struct slice value = line;
    struct slice key = slice_trim(slice_cut(&value, '='));
    const struct setting *setting = settings_find(key);
    if (setting != NULL)
        return take_value(r, setting, slice_trim(value));
    char *where = arena_printf(r->arena, "%s:%zu: ", r->path, r->line);
    return where != NULL ? settings_unknown(where, "", key, r->problem) : STATUS_NO_MEMORY;
}

static struct slice without_return(struct slice line)
{
    return line.len > 0 && line.ptr[line.len - 1] == '\r' ? slice_first(line, line.len - 1) : line;
}

enum status config_file_take_text(const char *path, struct slice content, struct config *config,
                                  struct arena *arena, struct text *problem)
{
    size_t count = 0;
    (void)settings_all(&count);
    struct reading r = {path, 0, config, arena, problem, arena_zalloc(arena, count * sizeof(bool))};
    if (r.seen == NULL)
        return STATUS_NO_MEMORY;
    while (content.len > 0) {
        r.line++;
        enum status status = take_line(&r, without_return(slice_cut(&content, '\n')));
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* All of the file, or one byte more than it may have. */
static enum status read_file(const char *path, char *buffer, size_t *ret_len)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return status_from_errno(errno);
    size_t len = fread(buffer, 1, CONFIG_FILE_MAX_BYTES + 1, file);
    enum status status = ferror(file) ? STATUS_IO_ERROR : STATUS_OK;
    (void)fclose(file);
    if (status == STATUS_OK)
        *ret_len = len;
    return status;
}

enum status config_file_take(struct slice path, struct config *config, struct arena *arena,
                             struct text *problem)
{
    const char *name = arena_text(arena, path);
    char *buffer = arena_alloc(arena, CONFIG_FILE_MAX_BYTES + 1);
    if (name == NULL || buffer == NULL)
        return STATUS_NO_MEMORY;
    size_t len = 0;
    enum status status = read_file(name, buffer, &len);
    if (status == STATUS_OK && len > CONFIG_FILE_MAX_BYTES)
        status = STATUS_TOO_LARGE;
    if (status != STATUS_OK) {
        text_printf(problem, "%s: %s", name, status_text(status));
        return status;
    }
    return config_file_take_text(name, slice_make(buffer, len), config, arena, problem);
}
