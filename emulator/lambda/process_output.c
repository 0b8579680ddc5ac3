#include "emulator/lambda/process_output.h"

#include <string.h>

#include "emulator/lambda/function_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/process_kind.h"

static void log_one(struct function_process *process, struct slice line)
{
    invocation_log_append_line(&process->run->log, function_process_now_ms(process), line);
}

/* Whole lines; what follows the last line feed waits for the rest. */
void function_process_log_output(struct function_process *process)
{
    struct slice rest = text_slice(&process->line);
    size_t end = 0;
    while (process->run != NULL && (end = slice_find(rest, '\n')) < rest.len) {
        log_one(process, slice_first(rest, end));
        rest = slice_from(rest, end + 1);
    }
    size_t left = rest.len;
    if (left > 0 && left < process->line.len)
        memmove(process->line.ptr, rest.ptr, left);
    process->line.len = left;
}

/* Nothing more of it will come for this run. */
void process_output_end(struct function_process *process)
{
    function_process_log_output(process);
    if (process->line.len > 0)
        log_one(process, text_slice(&process->line));
    text_clear(&process->line);
}

/* Between two invocations, when nobody may take it, a full buffer stays as it is. */
void process_output_take(void *ctx, struct slice bytes)
{
    struct function_process *process = ctx;
    if (process->run != NULL)
        process->kind->collect(process);
    while (bytes.len > 0) {
        size_t room = INVOCATION_LOG_LINE_BYTES - process->line.len;
        struct slice piece = slice_first(bytes, room < bytes.len ? room : bytes.len);
        bytes = slice_from(bytes, piece.len);
        text_append(&process->line, piece);
        function_process_log_output(process);
        if (process->line.status != STATUS_OK || process->line.len < INVOCATION_LOG_LINE_BYTES)
            continue;
        if (process->run == NULL)
            return;
        process_output_end(process);
    }
}
