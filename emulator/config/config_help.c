
#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "emulator/config/settings.h"

#define FLAG_COLUMN 32U

static void pad_to(struct text *out, size_t line_start, size_t column)
{
    size_t at = out->len - line_start;
    if (at >= column) {
        text_append_byte(out, '\n');
        at = 0;
    }
    for (; at < column; at++)
        text_append_byte(out, ' ');
}

static void write_flag(struct text *out, const char *name, const char *value_name, const char *help)
{
    size_t line_start = out->len;
    text_printf(out, "  --%s", name);
    if (value_name != NULL)
        text_printf(out, " %s", value_name);
    pad_to(out, line_start, FLAG_COLUMN);
    text_append_text(out, help);
    text_append_byte(out, '\n');
}

static void write_details(struct text *out, const struct setting *setting)
{
    pad_to(out, out->len, FLAG_COLUMN);
    text_append_byte(out, '[');
    for (size_t i = 0; setting->choices != NULL && setting->choices[i] != NULL; i++)
        text_printf(out, "%s%s", i == 0 ? "" : "|", setting->choices[i]);
    if (setting->choices != NULL)
        text_append_text(out, "; ");
    if (setting->type == SETTING_LIST)
        text_append_text(out, "may be repeated; ");
    else if (setting->otherwise != NULL)
        text_printf(out, "default %s; ", setting->otherwise);
    else if (setting->type == SETTING_STRING && slice_equal_text(SLICE("data"), setting->name))
        text_append_text(out, "default $XDG_STATE_HOME/hydrant or ~/.local/state/hydrant; ");
    text_printf(out, "%s]\n", setting->environment);
}

void config_help(struct text *out)
{
    size_t count = 0;
    const struct setting *all = settings_all(&count);
    for (size_t i = 0; i < count; i++) {
        write_flag(out, all[i].name, all[i].value_name, all[i].help);
        write_details(out, &all[i]);
    }
    write_flag(out, "config", "FILE", "read settings from FILE, one \"name = value\" a line");
    pad_to(out, out->len, FLAG_COLUMN);
    text_append_text(out, "[HYDRANT_CONFIG]\n");
}
