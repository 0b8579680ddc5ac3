#include <sys/types.h>

#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/http/server_internal.h"
#include "emulator/http/service.h"

/* A HEAD answer has a length and no bytes: libmicrohttpd never asks for them. The signature is
 * its own. NOLINTNEXTLINE(readability-non-const-parameter) */
static ssize_t no_bytes(void *ctx, uint64_t at, char *buffer, size_t max)
{
    (void)ctx;
    (void)at;
    (void)buffer;
    (void)max;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

static struct MHD_Response *make_response(struct http_response *answer)
{
    if (answer->is_head)
        return MHD_create_response_from_callback(answer->head_length, 1024, no_bytes, NULL, NULL);
    if (answer->file >= 0) {
        struct MHD_Response *response = MHD_create_response_from_fd_at_offset64(
            answer->file_length, answer->file, answer->file_offset);
        if (response != NULL)
            answer->file = -1; /* libmicrohttpd closes it */
        return response;
    }
    /* libmicrohttpd only reads it; the bytes live as long as the call.
     * NOLINTNEXTLINE(performance-no-int-to-ptr): the cast takes a const away */
    return MHD_create_response_from_buffer(answer->body.len, (void *)(uintptr_t)answer->body.ptr,
                                           MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result add_headers(struct MHD_Response *response,
                                   const struct http_response *answer)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        const struct http_header *header = &answer->headers[i];
        if (MHD_add_response_header(response, header->name.ptr, header->value.ptr) != MHD_YES)
            return MHD_NO;
    }
    if (answer->close_connection)
        return MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    return MHD_YES;
}

static struct MHD_Response *make_with_headers(struct call *call)
{
    struct MHD_Response *response = make_response(&call->response);
    if (response != NULL && add_headers(response, &call->response) != MHD_YES) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

/* What libmicrohttpd refuses (no memory, a line break in a header) becomes an empty 500. */
static struct MHD_Response *make_empty(struct call *call)
{
    log_line(LOG_ERROR, "%s: the answer could not be sent", call->service->name);
    call->response.status = MHD_HTTP_INTERNAL_SERVER_ERROR;
    return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result server_send_response(struct MHD_Connection *connection, struct call *call)
{
    struct MHD_Response *response = make_with_headers(call);
    if (response == NULL)
        response = make_empty(call);
    if (response == NULL)
        return MHD_NO;
    enum MHD_Result result =
        MHD_queue_response(connection, (unsigned)call->response.status, response);
    MHD_destroy_response(response);
    return result;
}
