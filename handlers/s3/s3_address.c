#include "handlers/s3/s3_address.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/utf8.h"
#include "emulator/http/request.h"

#define ACCOUNT_DIGITS 12

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower_or_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

/* Cut `suffix` off the end, without regard to case. */
static bool cut_suffix(struct slice *s, struct slice suffix)
{
    if (s->len < suffix.len)
        return false;
    size_t at = s->len - suffix.len;
    if (!slice_equal_nocase(slice_from(*s, at), suffix))
        return false;
    *s = slice_first(*s, at);
    return true;
}

static size_t find_last(struct slice s, char byte)
{
    for (size_t i = s.len; i > 0; i--) {
        if (s.ptr[i - 1] == byte)
            return i - 1;
    }
    return s.len;
}

/* "bucket.s3" or "bucket.s3.region": what stands before the service's label. */
static bool before_service(struct slice name, struct slice *ret_bucket)
{
    struct slice front = name;
    if (cut_suffix(&front, SLICE(".s3"))) {
        *ret_bucket = front;
        return true;
    }
    front = slice_first(name, find_last(name, '.'));
    if (front.len < name.len && cut_suffix(&front, SLICE(".s3"))) {
        *ret_bucket = front;
        return true;
    }
    return false;
}

static bool is_service(struct slice name)
{
    return slice_equal_nocase(name, SLICE("s3")) ||
           (name.len > 3 && slice_equal_nocase(slice_first(name, 3), SLICE("s3.")));
}

/* "123456789012.localhost" belongs to S3 Control. */
static bool is_account(struct slice name)
{
    size_t digits = 0;
    while (digits < name.len && is_digit(name.ptr[digits]))
        digits++;
    return digits == ACCOUNT_DIGITS && digits == name.len;
}

struct slice s3_address_host_bucket(struct slice host)
{
    struct slice bucket = {NULL, 0};
    struct slice name = slice_first(host, slice_find(host, ':'));
    if (cut_suffix(&name, SLICE(".amazonaws.com")) ||
        cut_suffix(&name, SLICE(".localhost.localstack.cloud"))) {
        (void)before_service(name, &bucket);
        return bucket;
    }
    if (!cut_suffix(&name, SLICE(".localhost")) || before_service(name, &bucket) ||
        is_service(name) || is_account(name))
        return bucket;
    return name;
}

static enum status decode_key(struct slice raw, struct arena *arena, struct slice *ret_key)
{
    struct slice key = {NULL, 0};
    enum status status = request_decode(raw, false, arena, &key);
    if (status != STATUS_OK)
        return status;
    if (!utf8_is_valid(key) || slice_find(key, '\0') < key.len)
        return STATUS_INVALID;
    *ret_key = key;
    return STATUS_OK;
}

enum status s3_address_parse(struct slice host, struct slice path, struct arena *arena,
                             struct s3_address *ret_address)
{
    if (path.len == 0 || path.ptr[0] != '/')
        return STATUS_INVALID;
    struct s3_address address = {.bucket = s3_address_host_bucket(host)};
    struct slice rest = slice_from(path, 1);
    enum status status = STATUS_OK;
    address.is_virtual_host = address.bucket.len > 0;
    if (!address.is_virtual_host)
        status = request_decode(slice_cut(&rest, '/'), false, arena, &address.bucket);
    if (status == STATUS_OK)
        status = decode_key(rest, arena, &address.key);
    if (status == STATUS_OK && address.bucket.len == 0 && address.key.len > 0)
        status = STATUS_INVALID;
    if (status == STATUS_OK)
        *ret_address = address;
    return status;
}

static bool is_ipv4(struct slice name)
{
    size_t dots = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '.')
            dots++;
        else if (!is_digit(name.ptr[i]))
            return false;
    }
    return dots == 3;
}

static bool has_reserved_affix(struct slice name)
{
    static const char *const prefixes[] = {"xn--", "sthree-", "amzn-s3-demo-"};
    static const char *const suffixes[] = {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (slice_starts_with(name, slice_of(prefixes[i])))
            return true;
    }
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        if (slice_ends_with(name, slice_of(suffixes[i])))
            return true;
    }
    return false;
}

bool s3_address_is_bucket_name(struct slice name)
{
    if (name.len < 3 || name.len > 63 || !is_lower_or_digit(name.ptr[0]) ||
        !is_lower_or_digit(name.ptr[name.len - 1]))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!is_lower_or_digit(c) && c != '-' && c != '.')
            return false;
        if (c == '.' && !is_lower_or_digit(name.ptr[i + 1]))
            return false;
        if (c == '.' && !is_lower_or_digit(name.ptr[i - 1]))
            return false;
    }
    return !is_ipv4(name) && !has_reserved_affix(name);
}
