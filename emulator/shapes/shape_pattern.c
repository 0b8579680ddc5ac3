#include "emulator/shapes/shape_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "emulator/base/mem.h"
#include "emulator/shapes/shape_check.h"
#include "emulator/shapes/shape_table.h"

/* The steps and the memory one match may take: a few milliseconds in the worst case. */
#define MATCH_STEPS_MAX 200000
#define MATCH_HEAP_KIB_MAX 4096

struct shape_cache {
    pcre2_general_context *general; /* owned */
    pcre2_compile_context *compile; /* owned */
    pcre2_match_context *match;     /* owned */
    pcre2_code *codes[];            /* owned; one for each of shape_patterns, NULL until used */
};

static void *pattern_alloc(size_t size, void *unused)
{
    (void)unused;
    return mem_alloc(size);
}

static void pattern_free(void *ptr, void *unused)
{
    (void)unused;
    mem_free(ptr);
}

static bool cache_init(struct shape_cache *cache)
{
    cache->general = pcre2_general_context_create(pattern_alloc, pattern_free, NULL);
    if (!cache->general)
        return false;
    cache->compile = pcre2_compile_context_create(cache->general);
    cache->match = pcre2_match_context_create(cache->general);
    if (!cache->compile || !cache->match)
        return false;
    pcre2_set_newline(cache->compile, PCRE2_NEWLINE_ANYCRLF);
    pcre2_set_match_limit(cache->match, MATCH_STEPS_MAX);
    pcre2_set_heap_limit(cache->match, MATCH_HEAP_KIB_MAX);
    return true;
}

struct shape_cache *shape_cache_create(void)
{
    struct shape_cache *cache =
        mem_zalloc(sizeof(*cache) + shape_pattern_count * sizeof(pcre2_code *));
    if (cache && !cache_init(cache)) {
        shape_cache_destroy(cache);
        return NULL;
    }
    return cache;
}

void shape_cache_destroy(struct shape_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < shape_pattern_count; i++)
        pcre2_code_free(cache->codes[i]);
    pcre2_match_context_free(cache->match);
    pcre2_compile_context_free(cache->compile);
    pcre2_general_context_free(cache->general);
    mem_free(cache);
}

size_t shape_utf16_length(struct slice text)
{
    size_t units = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        units += (c & 0xc0) != 0x80;
        units += c >= 0xf0;
    }
    return units;
}

static bool class_match(const struct shape_class *set, struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80 ? !set->others : !(set->ascii[c >> 6] >> (c & 63) & 1))
            return false;
        count += (c & 0xc0) != 0x80;
    }
    return count >= set->min && count <= set->max;
}

/* The compiled pattern, from the cache or fresh into it. */
static enum status pattern_code(struct shape_cache *cache, unsigned index, pcre2_code **ret_code)
{
    if (!cache->codes[index]) {
        const char *source = shape_pool + shape_patterns[index].source;
        int error;
        PCRE2_SIZE offset;
        cache->codes[index] =
            pcre2_compile((PCRE2_SPTR)source, PCRE2_ZERO_TERMINATED,
                          PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY,
                          &error, &offset, cache->compile);
        if (!cache->codes[index])
            return error == PCRE2_ERROR_HEAP_FAILED ? STATUS_NO_MEMORY : STATUS_CORRUPT;
    }
    *ret_code = cache->codes[index];
    return STATUS_OK;
}

static enum status code_match(struct shape_cache *cache, unsigned index, struct slice text,
                              bool *ret_matches)
{
    pcre2_code *code;
    enum status status = pattern_code(cache, index, &code);
    if (status)
        return status;
    pcre2_match_data *data = pcre2_match_data_create(1, cache->general);
    if (!data)
        return STATUS_NO_MEMORY;
    PCRE2_SPTR subject = (PCRE2_SPTR)(text.ptr ? text.ptr : "");
    int found = pcre2_match(code, subject, text.len, 0, 0, data, cache->match);
    pcre2_match_data_free(data);
    if (found == PCRE2_ERROR_NOMEMORY)
        return STATUS_NO_MEMORY;
    *ret_matches = found >= 0;
    return STATUS_OK;
}

enum status shape_pattern_match(struct shape_cache *cache, unsigned index, struct slice text,
                                bool *ret_matches)
{
    uint16_t class = shape_patterns[index].class;
    if (class != SHAPE_NONE) {
        *ret_matches = class_match(&shape_classes[class], text);
        return STATUS_OK;
    }
    if (cache)
        return code_match(cache, index, text, ret_matches);
    struct shape_cache *own = shape_cache_create();
    if (!own)
        return STATUS_NO_MEMORY;
    enum status status = code_match(own, index, text, ret_matches);
    shape_cache_destroy(own);
    return status;
}
