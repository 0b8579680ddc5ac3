#include "handlers/dynamodb/refusal.h"

#include <stdarg.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/dynamodb_errors.h"

#define X(name, code, status, prefix, capital) \
    const struct api_error dynamodb_error_##name = {code, status, prefix, capital};
DYNAMODB_ERRORS(X)
#undef X

struct refusal refusal_make(struct arena *arena)
{
    return (struct refusal){.arena = arena};
}

static enum status note(struct refusal *refusal, const struct api_error *error, const char *format,
                        va_list args)
{
    if (refusal->error != NULL)
        return STATUS_INVALID;
    struct text message;
    text_init_in(&message, refusal->arena, REFUSAL_PART_MAX_BYTES);
    text_vprintf(&message, format, args);
    if (message.status != STATUS_OK)
        return message.status;
    refusal->error = error;
    refusal->message = slice_first(text_slice(&message), REFUSAL_MESSAGE_MAX_BYTES);
    return STATUS_INVALID;
}

enum status refuse(struct refusal *refusal, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    enum status status = note(refusal, &dynamodb_error_validation, format, args);
    va_end(args);
    return status;
}

enum status refuse_as(struct refusal *refusal, const struct api_error *error, const char *format,
                      ...)
{
    va_list args;
    va_start(args, format);
    enum status status = note(refusal, error, format, args);
    va_end(args);
    return status;
}
