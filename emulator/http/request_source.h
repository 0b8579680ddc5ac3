/*
 * request_source.h -- does a request come from somebody who means this machine?
 *
 * A page of the internet that runs in a browser here can send requests to this port, and a name it
 * owns can be made to lead here (DNS rebinding). Two things give that away:
 *
 *     Host      a name that is not this machine's. Its own are addresses, names without a dot (of a
 *               compose file), those below localhost and localhost.localstack.cloud, AWS's own, and
 *               those the user has allowed
 *     Origin    the page; it is trusted when its host is. Without one, Sec-Fetch-Site says whether
 *               the page is of another site
 *
 * No header is no browser, and trusted. Any thread.
 */
#ifndef EMULATOR_HTTP_REQUEST_SOURCE_H
#define EMULATOR_HTTP_REQUEST_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct http_request;

/* Names the user has allowed; one that begins with a dot stands for all below it. */
struct allowed_hosts {
    const char *const *names;
    size_t count;
};

/* `host` may have a port. An empty one is trusted. */
bool request_host_is_trusted(struct slice host, const struct allowed_hosts *allowed);

/* Of the page, by Origin or Sec-Fetch-Site. */
bool request_page_is_trusted(const struct http_request *request,
                             const struct allowed_hosts *allowed);

#endif
