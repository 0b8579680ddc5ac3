#include "emulator/shapes/shape_form.h"

#include <stdlib.h>
#include <string.h>

#include "emulator/base/dates.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/shapes/shape_table.h"

#define PATH_MAX_BYTES ((size_t)1024)
#define NUMBER_MAX_CHARS 63 /* json.h */

struct form {
    struct shape_form_param *params; /* sorted by name */
    size_t count;
    struct text path; /* of the value being written */
    struct json_writer json;
};

static void write_value(struct form *form, const struct shape *shape);

/* ---- finding parameters ---- */

static int compare(const void *a, const void *b)
{
    const struct shape_form_param *first = a;
    const struct shape_form_param *second = b;
    return slice_compare(first->name, second->name);
}

/* The first parameter whose name is not below the path. */
static size_t lower_bound(const struct form *form)
{
    size_t low = 0;
    size_t high = form->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_compare(form->params[middle].name, text_slice(&form->path)) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The parameter of exactly the path's name; NULL. */
static struct shape_form_param *exact(const struct form *form)
{
    size_t at = lower_bound(form);
    if (at == form->count || !slice_equal(form->params[at].name, text_slice(&form->path)))
        return NULL;
    return &form->params[at];
}

static void cut_path(struct form *form, size_t len)
{
    form->path.len = len;
}

/* Are there parameters below the path? */
static bool has_below(struct form *form)
{
    size_t len = form->path.len;
    text_append_byte(&form->path, '.');
    size_t at = lower_bound(form);
    bool found =
        at < form->count && slice_starts_with(form->params[at].name, text_slice(&form->path));
    cut_path(form, len);
    return found;
}

static bool is_present(struct form *form)
{
    return form->path.status == STATUS_OK && (exact(form) != NULL || has_below(form));
}

/* ---- containers ---- */

static void write_member(struct form *form, const struct shape_member *member)
{
    size_t len = form->path.len;
    const char *name = shape_pool + member->name;
    if (len > 0)
        text_append_byte(&form->path, '.');
    text_append_text(&form->path, name);
    if (is_present(form)) {
        json_key(&form->json, name);
        write_value(form, &shape_shapes[member->shape]);
    }
    cut_path(form, len);
}

static void write_structure(struct form *form, const struct shape *shape)
{
    json_begin_object(&form->json);
    for (size_t i = 0; i < shape->count; i++)
        write_member(form, &shape_members[shape->first + i]);
    json_end_object(&form->json);
}

/* An empty list is sent as "Name=". */
static void use_empty(struct form *form)
{
    struct shape_form_param *param = exact(form);
    if (param != NULL && param->value.len == 0)
        param->is_used = true;
}

/* Move the path to element `number` of the container of `len`; false when there is none. */
static bool enter_element(struct form *form, size_t len, const char *word, uint64_t number)
{
    cut_path(form, len);
    text_append_text(&form->path, word);
    text_append_byte(&form->path, '.');
    text_append_u64(&form->path, number);
    return is_present(form);
}

static void write_list(struct form *form, const struct shape *shape)
{
    size_t len = form->path.len;
    use_empty(form);
    json_begin_array(&form->json);
    for (uint64_t n = 1; enter_element(form, len, ".member", n) || enter_element(form, len, "", n);
         n++)
        write_value(form, &shape_shapes[shape->first]);
    json_end_array(&form->json);
    cut_path(form, len);
}

static void write_entry(struct form *form, const struct shape *shape)
{
    size_t len = form->path.len;
    text_append_text(&form->path, ".key");
    struct shape_form_param *key = exact(form);
    cut_path(form, len);
    text_append_text(&form->path, ".value");
    if (key != NULL && is_present(form)) {
        key->is_used = true;
        json_key_slice(&form->json, key->value);
        write_value(form, &shape_shapes[shape->count]);
    }
    cut_path(form, len);
}

static void write_map(struct form *form, const struct shape *shape)
{
    size_t len = form->path.len;
    use_empty(form);
    json_begin_object(&form->json);
    for (uint64_t n = 1; enter_element(form, len, ".entry", n) || enter_element(form, len, "", n);
         n++)
        write_entry(form, shape);
    json_end_object(&form->json);
    cut_path(form, len);
}

/* ---- scalars ---- */

/* Of characters of numbers only: what they do not spell is refused when the JSON is read. */
static bool is_number(struct slice value)
{
    static const char allowed[] = "0123456789+-.eE";
    if (value.len == 0 || value.len > NUMBER_MAX_CHARS)
        return false;
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] == '\0' || strchr(allowed, value.ptr[i]) == NULL)
            return false;
    return true;
}

static void write_time(struct form *form, struct slice value)
{
    int64_t epoch_ms = 0;
    if (dates_parse_iso(value, &epoch_ms) == STATUS_OK)
        json_write_seconds(&form->json, epoch_ms);
    else
        json_write_string(&form->json, value);
}

static void write_scalar(struct form *form, const struct shape *shape, struct slice value)
{
    bool is_boolean = slice_equal_text(value, "true") || slice_equal_text(value, "false");
    switch ((enum shape_type)shape->type) {
    case SHAPE_TIMESTAMP:
        write_time(form, value);
        return;
    case SHAPE_BOOLEAN:
        if (is_boolean)
            json_write_raw(&form->json, value);
        else
            json_write_string(&form->json, value);
        return;
    case SHAPE_INTEGER:
    case SHAPE_LONG:
    case SHAPE_DOUBLE:
        if (is_number(value))
            json_write_raw(&form->json, value);
        else
            json_write_string(&form->json, value);
        return;
    case SHAPE_STRUCTURE:
    case SHAPE_LIST:
    case SHAPE_MAP:
    case SHAPE_STRING:
    case SHAPE_BLOB:
        break;
    }
    json_write_string(&form->json, value);
}

static void write_value(struct form *form, const struct shape *shape)
{
    if (shape->type == SHAPE_STRUCTURE) {
        write_structure(form, shape);
    } else if (shape->type == SHAPE_LIST) {
        write_list(form, shape);
    } else if (shape->type == SHAPE_MAP) {
        write_map(form, shape);
    } else {
        struct shape_form_param *param = exact(form);
        if (param != NULL)
            param->is_used = true;
        write_scalar(form, shape, param != NULL ? param->value : SLICE(""));
    }
}

void shape_form_to_json(const struct shape_operation *operation, struct shape_form_param *params,
                        size_t count, struct text *json)
{
    struct form form = {.params = params, .count = count, .json = json_writer_make(json)};
    text_init(&form.path, PATH_MAX_BYTES);
    if (count > 0)
        qsort(params, count, sizeof(*params), compare);
    if (operation->input == SHAPE_NONE)
        text_append(json, SLICE("{}"));
    else
        write_structure(&form, &shape_shapes[operation->input]);
    if (form.path.status != STATUS_OK && json->status == STATUS_OK)
        json->status = form.path.status;
    text_close(&form.path);
}
