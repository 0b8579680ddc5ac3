#include "emulator/delivery/http_client.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/base/mem.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo

#define ANSWER_WITHIN_MS 180000L
#define CONNECT_WITHIN_MS 10000L
#define STOP_WITHIN_US ((curl_off_t)3 * 1000 * 1000)

struct http_client {
    void *library;
    CURLcode (*global_init)(long flags);
    void (*global_cleanup)(void);
    CURL *(*easy_init)(void);
    CURLcode (*setopt)(CURL *easy, CURLoption option, ...);
    CURLcode (*getinfo)(CURL *easy, CURLINFO info, ...);
    CURLcode (*perform)(CURL *easy);
    void (*easy_cleanup)(CURL *easy);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free)(struct curl_slist *list);
    const char *authorities; /* a file's name; NULL: the system's */
    atomic_bool is_stopped;
};

/* One request under way. */
struct posting {
    struct http_client *client;
    struct http_exchange *exchange;
    CURL *easy;
    struct curl_slist *headers;
    curl_off_t stopped_us; /* how long it had been under way when it was stopped; 0: it was not */
};

/* ---- the library ---- */

/* Through memory: C has no conversion from an object's address to a function's. */
static bool find(void *library, const char *name, void *ret_function)
{
    void *found = dlsym(library, name);
    memcpy(ret_function, &found, sizeof(found));
    return found != NULL;
}

static bool find_all(struct http_client *c)
{
    return find(c->library, "curl_global_init", &c->global_init) &&
           find(c->library, "curl_global_cleanup", &c->global_cleanup) &&
           find(c->library, "curl_easy_init", &c->easy_init) &&
           find(c->library, "curl_easy_setopt", &c->setopt) &&
           find(c->library, "curl_easy_getinfo", &c->getinfo) &&
           find(c->library, "curl_easy_perform", &c->perform) &&
           find(c->library, "curl_easy_cleanup", &c->easy_cleanup) &&
           find(c->library, "curl_slist_append", &c->slist_append) &&
           find(c->library, "curl_slist_free_all", &c->slist_free);
}

static enum status load(struct http_client *client)
{
    client->library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (client->library == NULL)
        return STATUS_NOT_FOUND;
    if (find_all(client) && client->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        return STATUS_OK;
    (void)dlclose(client->library);
    return STATUS_NOT_FOUND;
}

enum status http_client_open(struct http_client **ret_client)
{
    struct http_client *client = mem_zalloc(sizeof(*client));
    if (client == NULL)
        return STATUS_NO_MEMORY;
    client->authorities = getenv("CURL_CA_BUNDLE"); /* NOLINT(concurrency-mt-unsafe): never set */
    enum status status = load(client);
    if (status != STATUS_OK) {
        mem_free(client);
        return status;
    }
    *ret_client = client;
    return STATUS_OK;
}

/* The library stays in the process: what it brought in may have left handlers behind. */
void http_client_close(struct http_client *client)
{
    if (client == NULL)
        return;
    client->global_cleanup();
    mem_free(client);
}

void http_client_stop(struct http_client *client)
{
    atomic_store(&client->is_stopped, true);
}

/* ---- what libcurl calls ---- */

static size_t on_data(char *data, size_t size, size_t count, void *arg)
{
    struct text *answer = &((struct posting *)arg)->exchange->answer;
    text_append(answer, slice_make(data, size * count));
    return answer->status == STATUS_OK ? size * count : 0;
}

/* The headers of an answer before the last one (100 Continue) do not count. */
static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
    struct http_exchange *exchange = ((struct posting *)arg)->exchange;
    struct slice line = slice_make(data, size * count);
    struct slice encoding = SLICE("Content-Encoding:");
    if (slice_starts_with(line, SLICE("HTTP/")))
        exchange->has_encoding = false;
    else if (line.len > encoding.len &&
             slice_equal_nocase(slice_first(line, encoding.len), encoding))
        exchange->has_encoding = true;
    return size * count;
}

/* About once a second. */
static int on_progress(void *arg, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    struct posting *p = arg;
    curl_off_t now_us = 0;
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    if (!atomic_load(&p->client->is_stopped) ||
        p->client->getinfo(p->easy, CURLINFO_TOTAL_TIME_T, &now_us) != CURLE_OK)
        return 0;
    if (p->stopped_us == 0)
        p->stopped_us = now_us + 1;
    return now_us - p->stopped_us > STOP_WITHIN_US;
}

/* ---- one request ---- */

static bool make_headers(struct posting *p)
{
    for (const char *const *at = p->exchange->headers; *at != NULL; at++) {
        struct curl_slist *longer = p->client->slist_append(p->headers, *at);
        if (longer == NULL)
            return false;
        p->headers = longer;
    }
    return true;
}

static bool set_callbacks(const struct posting *p)
{
    const struct http_client *c = p->client;
    return c->setopt(p->easy, CURLOPT_WRITEFUNCTION, on_data) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_WRITEDATA, p) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_HEADERDATA, p) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_XFERINFODATA, p) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
}

static bool set_limits(const struct posting *p)
{
    const struct http_client *c = p->client;
    if (c->authorities != NULL && c->authorities[0] != '\0' &&
        c->setopt(p->easy, CURLOPT_CAINFO, c->authorities) != CURLE_OK)
        return false;
    return c->setopt(p->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_PROXY, "") == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_WITHIN_MS) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_TIMEOUT_MS, ANSWER_WITHIN_MS) == CURLE_OK;
}

static bool set_request(struct posting *p)
{
    const struct http_client *c = p->client;
    const struct http_exchange *exchange = p->exchange;
    return make_headers(p) && c->setopt(p->easy, CURLOPT_URL, exchange->url) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_HTTPHEADER, p->headers) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_POST, 1L) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_POSTFIELDS, exchange->body.ptr) == CURLE_OK &&
           c->setopt(p->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->body.len) ==
               CURLE_OK;
}

static enum http_outcome outcome_of(const struct posting *p, CURLcode code)
{
    if (p->exchange->answer.status == STATUS_TOO_LARGE)
        return HTTP_TOO_LARGE;
    if (code == CURLE_OK)
        return HTTP_ANSWERED;
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
        code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return HTTP_NOT_CONNECTED;
    if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
        code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM)
        return HTTP_NO_HANDSHAKE;
    return code == CURLE_OPERATION_TIMEDOUT ? HTTP_TIMED_OUT : HTTP_BROKEN;
}

static void read_answer(const struct posting *p)
{
    const struct http_client *c = p->client;
    struct http_exchange *exchange = p->exchange;
    curl_off_t length = -1;
    char *type = NULL;
    (void)c->getinfo(p->easy, CURLINFO_RESPONSE_CODE, &exchange->status);
    (void)c->getinfo(p->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    (void)c->getinfo(p->easy, CURLINFO_CONTENT_TYPE, &type);
    exchange->has_length = length >= 0;
    struct slice shown = slice_first(slice_of(type), HTTP_TYPE_CHARS);
    if (shown.len > 0)
        memcpy(exchange->content_type, shown.ptr, shown.len);
}

enum status http_client_post(struct http_client *client, struct http_exchange *exchange)
{
    struct posting p = {.client = client, .exchange = exchange, .easy = client->easy_init()};
    if (p.easy == NULL)
        return STATUS_NO_MEMORY;
    text_init(&exchange->answer, HTTP_ANSWER_MAX_BYTES);
    enum status status = STATUS_NO_MEMORY;
    if (set_request(&p) && set_callbacks(&p) && set_limits(&p)) {
        exchange->outcome = outcome_of(&p, client->perform(p.easy));
        if (exchange->outcome == HTTP_ANSWERED)
            read_answer(&p);
        status = exchange->answer.status == STATUS_NO_MEMORY ? STATUS_NO_MEMORY : STATUS_OK;
    }
    client->easy_cleanup(p.easy);
    client->slist_free(p.headers);
    return status;
}
