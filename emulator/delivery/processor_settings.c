#include "emulator/delivery/processor_settings.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/delivery/delivery_settings.h"

#define MIB ((int64_t)1024 * 1024)
#define NUMBER_END 1e9
#define MAX_RETRIES 300 /* what AWS documents; the API takes any number */

/* What a processor's parameters are read into. */
struct reading {
    const struct json *parameters;
    struct arena *arena;
    struct delivery_settings *settings;
};

/* The last one of that name; empty when there is none. */
static struct slice parameter(const struct reading *r, const char *name)
{
    struct slice value = {NULL, 0};
    for (const struct json *p = json_first(r->parameters); p != NULL; p = json_next(p)) {
        if (slice_equal_text(json_member_string(p, "ParameterName"), name))
            value = json_member_string(p, "ParameterValue");
    }
    return value;
}

bool processor_settings_number(struct slice text, double *ret_number)
{
    char copy[32];
    if (text.len == 0 || text.len >= sizeof(copy))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && text.ptr[i] != '.')
            return false;
        copy[i] = text.ptr[i];
    }
    copy[text.len] = '\0';
    char *end = NULL;
    double number = strtod(copy, &end);
    if (*end != '\0' || end == copy || number >= NUMBER_END)
        return false;
    *ret_number = number;
    return true;
}

/* What is no number was refused when it was configured; the database may hold anything. */
static double read_number(struct slice value, double otherwise)
{
    double number = otherwise;
    (void)processor_settings_number(value, &number);
    return number;
}

static enum status read_lambda(const struct reading *r)
{
    struct delivery_settings *settings = r->settings;
    double retries = read_number(parameter(r, "NumberOfRetries"), 3);
    double megabytes = read_number(parameter(r, "BufferSizeInMBs"), 1);
    double seconds = read_number(parameter(r, "BufferIntervalInSeconds"), 60);
    settings->lambda_arn = parameter(r, "LambdaArn");
    settings->lambda_retries = retries < MAX_RETRIES ? (unsigned)retries : MAX_RETRIES;
    settings->lambda_size_bytes = (int64_t)(megabytes * (double)MIB);
    settings->lambda_interval_ms = (int64_t)(seconds * 1000);
    settings->has_lambda = settings->lambda_arn.len > 0;
    return STATUS_OK;
}

static char unescape(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

/* As people write it in JSON and templates: "\\n" arrives as a backslash and an n. */
static enum status read_delimiter(const struct reading *r)
{
    struct slice value = parameter(r, "Delimiter");
    if (value.len == 0)
        value = SLICE("\n");
    char *out = arena_alloc(r->arena, value.len);
    size_t len = 0;
    if (out == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < value.len; i++) {
        bool is_escape = value.ptr[i] == '\\' && i + 1 < value.len;
        out[len++] = is_escape ? unescape(value.ptr[++i]) : value.ptr[i];
    }
    r->settings->delimiter = slice_make(out, len);
    return STATUS_OK;
}

static enum status read_decompression(const struct reading *r)
{
    r->settings->steps.decompresses = true;
    return STATUS_OK;
}

static enum status read_log_processing(const struct reading *r)
{
    r->settings->steps.extracts_messages =
        slice_equal_nocase(parameter(r, "DataMessageExtraction"), SLICE("true"));
    return STATUS_OK;
}

/* The delimiter is base64; what is none counts as it stands. */
static enum status read_de_aggregation(const struct reading *r)
{
    struct delivery_steps *steps = &r->settings->steps;
    struct slice given = parameter(r, "Delimiter");
    steps->splits = true;
    steps->splits_json = slice_equal_text(parameter(r, "SubRecordType"), "JSON");
    steps->split_delimiter = given;
    enum status status = base64_decode(given, r->arena, &steps->split_delimiter);
    if (steps->split_delimiter.len == 0)
        steps->split_delimiter = SLICE("\n");
    return status == STATUS_NO_MEMORY ? status : STATUS_OK;
}

static enum status read_metadata_extraction(const struct reading *r)
{
    r->settings->steps.query = parameter(r, "MetadataExtractionQuery");
    return STATUS_OK;
}

static const struct {
    const char *type;
    enum status (*read)(const struct reading *r);
} readers[] = {
    {"Lambda", read_lambda},
    {"AppendDelimiterToRecord", read_delimiter},
    {"Decompression", read_decompression},
    {"CloudWatchLogProcessing", read_log_processing},
    {"RecordDeAggregation", read_de_aggregation},
    {"MetadataExtraction", read_metadata_extraction},
};

static enum status read_processor(const struct json *processor, struct arena *arena,
                                  struct delivery_settings *settings)
{
    struct slice type = json_member_string(processor, "Type");
    struct reading r = {json_member(processor, "Parameters"), arena, settings};
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (slice_equal_text(type, readers[i].type))
            return readers[i].read(&r);
    }
    return STATUS_OK;
}

enum status processor_settings_read(const struct json *processing, struct arena *arena,
                                    struct delivery_settings *settings)
{
    enum status status = STATUS_OK;
    if (!json_member_bool(processing, "Enabled", false))
        return STATUS_OK;
    const struct json *processor = json_first(json_member(processing, "Processors"));
    for (; status == STATUS_OK && processor != NULL; processor = json_next(processor))
        status = read_processor(processor, arena, settings);
    return status;
}
