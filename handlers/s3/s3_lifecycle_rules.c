#include "handlers/s3/s3_lifecycle_rules.h"

#include "emulator/base/arena.h"
#include "emulator/base/dates.h"
#include "emulator/base/xml.h"
#include "emulator/http/request.h"

#define MOVE_MIN_BYTES UINT64_C(131072)
#define TAG_MAX_BYTES ((size_t)16 * 1024)
#define NEVER INT64_MAX

enum status lifecycle_parse(struct slice text, struct slice minimum, struct arena *arena,
                            struct lifecycle *ret_lifecycle)
{
    struct lifecycle lifecycle = {.has_own_minimum =
                                      slice_equal(minimum, SLICE("varies_by_storage_class"))};
    enum status status = xml_parse(text, arena, &lifecycle.root);
    if (status == STATUS_OK)
        *ret_lifecycle = lifecycle;
    return status;
}

/* ---- numbers and dates ---- */

static bool read_number(const struct xml_element *parent, const char *name, int64_t *ret_number)
{
    struct slice text = slice_trim(xml_child_text(parent, name));
    return text.len > 0 && slice_to_i64(text, ret_number) == STATUS_OK;
}

/* So many days after `from_ms`, rounded up to midnight. */
static int64_t after_days(int64_t from_ms, int64_t days)
{
    return ((from_ms + LIFECYCLE_DAY_MS - 1) / LIFECYCLE_DAY_MS + days) * LIFECYCLE_DAY_MS;
}

/* When the action's Days or Date have come; NEVER without either. */
static int64_t due_at(const struct xml_element *action, const char *days_name, int64_t from_ms)
{
    int64_t days = 0;
    int64_t date_ms = 0;
    struct slice date = slice_trim(xml_child_text(action, "Date"));
    if (read_number(action, days_name, &days))
        return after_days(from_ms, days);
    return date.len > 0 && dates_parse_iso(date, &date_ms) == STATUS_OK ? date_ms : NEVER;
}

/* ---- filters ---- */

static bool has_tag(struct slice tags, const struct xml_element *tag, struct arena *arena)
{
    struct slice name;
    struct slice value;
    struct slice key;
    struct slice text;
    while (request_next_parameter(&tags, &name, &value)) {
        if (request_decode(name, false, arena, &key) == STATUS_OK &&
            request_decode(value, false, arena, &text) == STATUS_OK &&
            slice_equal(key, xml_child_text(tag, "Key")) &&
            slice_equal(text, xml_child_text(tag, "Value")))
            return true;
    }
    return false;
}

static bool meets(const struct xml_element *condition, const struct lifecycle_version *version)
{
    struct arena arena;
    uint64_t bytes = 0;
    if (slice_equal(condition->name, SLICE("Prefix")))
        return slice_starts_with(version->key, condition->text);
    if (slice_equal(condition->name, SLICE("Tag"))) {
        arena_init(&arena, TAG_MAX_BYTES);
        bool has = has_tag(version->tags, condition, &arena);
        arena_clear(&arena);
        return has;
    }
    if (slice_to_u64(slice_trim(condition->text), &bytes) != STATUS_OK)
        return false;
    return slice_equal(condition->name, SLICE("ObjectSizeGreaterThan")) ? version->size > bytes
                                                                        : version->size < bytes;
}

static bool meets_all(const struct xml_element *list, const struct lifecycle_version *version)
{
    const struct xml_element *one = list != NULL ? list->first_child : NULL;
    for (; one != NULL; one = one->next) {
        bool is_list = slice_equal(one->name, SLICE("And"));
        if (is_list ? !meets_all(one, version) : !meets(one, version))
            return false;
    }
    return true;
}

static bool applies(const struct xml_element *rule, const struct lifecycle_version *version)
{
    const struct xml_element *prefix = xml_child(rule, "Prefix");
    return slice_equal(rule->name, SLICE("Rule")) &&
           slice_equal(xml_child_text(rule, "Status"), SLICE("Enabled")) &&
           (prefix == NULL || slice_starts_with(version->key, prefix->text)) &&
           meets_all(xml_child(rule, "Filter"), version);
}

static bool filters_by_size(const struct xml_element *rule)
{
    const struct xml_element *filter = xml_child(rule, "Filter");
    const struct xml_element *both = xml_child(filter, "And");
    return xml_child(filter, "ObjectSizeGreaterThan") != NULL ||
           xml_child(filter, "ObjectSizeLessThan") != NULL ||
           xml_child(both, "ObjectSizeGreaterThan") != NULL ||
           xml_child(both, "ObjectSizeLessThan") != NULL;
}

/* ---- what one rule says ---- */

static bool removes_marker(const struct xml_element *rule, const struct lifecycle_version *version)
{
    struct slice flag = xml_child_text(xml_child(rule, "Expiration"), "ExpiredObjectDeleteMarker");
    return version->is_only && version->past_since_ms == 0 &&
           slice_equal_nocase(slice_trim(flag), SLICE("true"));
}

static bool removes_past(const struct xml_element *rule, const struct lifecycle_version *version,
                         int64_t now_ms)
{
    int64_t kept = 0;
    const struct xml_element *action = xml_child(rule, "NoncurrentVersionExpiration");
    (void)read_number(action, "NewerNoncurrentVersions", &kept);
    return due_at(action, "NoncurrentDays", version->past_since_ms) <= now_ms &&
           version->newer_past >= (size_t)kept;
}

static bool is_archive(struct slice storage_class)
{
    return slice_equal(storage_class, SLICE("GLACIER")) ||
           slice_equal(storage_class, SLICE("DEEP_ARCHIVE"));
}

/* Small objects are not worth moving, unless the rule speaks of sizes itself. */
static bool is_large_enough(const struct lifecycle *lifecycle, const struct xml_element *rule,
                            const struct lifecycle_version *version, struct slice to)
{
    return version->size >= MOVE_MIN_BYTES || filters_by_size(rule) ||
           (lifecycle->has_own_minimum && is_archive(to));
}

/* From the quickest to the slowest: objects move downwards only. */
static int depth_of(struct slice storage_class)
{
    static const char *const order[] = {"STANDARD_IA", "INTELLIGENT_TIERING",
                                        "ONEZONE_IA",  "GLACIER_IR",
                                        "GLACIER",     "DEEP_ARCHIVE"};
    for (int i = 0; i < (int)(sizeof(order) / sizeof(order[0])); i++) {
        if (slice_equal_text(storage_class, order[i]))
            return i + 1;
    }
    return 0;
}

static void judge_moves(const struct lifecycle *lifecycle, const struct xml_element *rule,
                        const struct lifecycle_version *version, int64_t now_ms,
                        struct lifecycle_verdict *verdict)
{
    bool is_latest = version->past_since_ms == 0;
    struct slice name = is_latest ? SLICE("Transition") : SLICE("NoncurrentVersionTransition");
    int64_t from_ms = is_latest ? version->modified_ms : version->past_since_ms;
    struct slice present =
        verdict->action == LIFECYCLE_MOVE ? verdict->storage_class : version->storage_class;
    for (const struct xml_element *move = rule->first_child; move != NULL; move = move->next) {
        struct slice to = xml_child_text(move, "StorageClass");
        if (!slice_equal(move->name, name) || depth_of(to) <= depth_of(present) ||
            due_at(move, is_latest ? "Days" : "NoncurrentDays", from_ms) > now_ms ||
            !is_large_enough(lifecycle, rule, version, to))
            continue;
        *verdict = (struct lifecycle_verdict){LIFECYCLE_MOVE, to};
        present = to;
    }
}

static bool judge_removal(const struct xml_element *rule, const struct lifecycle_version *version,
                          int64_t now_ms, struct lifecycle_verdict *verdict)
{
    if (version->past_since_ms != 0) {
        verdict->action = LIFECYCLE_REMOVE;
        return removes_past(rule, version, now_ms);
    }
    if (version->is_marker) {
        verdict->action = LIFECYCLE_REMOVE;
        return removes_marker(rule, version);
    }
    verdict->action = LIFECYCLE_EXPIRE;
    return due_at(xml_child(rule, "Expiration"), "Days", version->modified_ms) <= now_ms;
}

struct lifecycle_verdict lifecycle_judge(const struct lifecycle *lifecycle,
                                         const struct lifecycle_version *version, int64_t now_ms)
{
    struct lifecycle_verdict moving = {LIFECYCLE_KEEP, {NULL, 0}};
    const struct xml_element *rule = lifecycle->root->first_child;
    for (; rule != NULL; rule = rule->next) {
        struct lifecycle_verdict removal = {LIFECYCLE_KEEP, {NULL, 0}};
        if (!applies(rule, version))
            continue;
        if (judge_removal(rule, version, now_ms, &removal))
            return removal;
        if (!version->is_marker)
            judge_moves(lifecycle, rule, version, now_ms, &moving);
    }
    return moving;
}

bool lifecycle_expiry(const struct lifecycle *lifecycle, const struct lifecycle_version *version,
                      int64_t *ret_expiry_ms, struct slice *ret_rule_id)
{
    int64_t soonest = NEVER;
    const struct xml_element *rule = lifecycle->root->first_child;
    for (; rule != NULL; rule = rule->next) {
        int64_t due = applies(rule, version)
                          ? due_at(xml_child(rule, "Expiration"), "Days", version->modified_ms)
                          : NEVER;
        if (due >= soonest)
            continue;
        soonest = due;
        *ret_rule_id = xml_child_text(rule, "ID");
    }
    *ret_expiry_ms = soonest;
    return soonest != NEVER;
}

bool lifecycle_aborts(const struct lifecycle *lifecycle, struct slice key, int64_t initiated_ms,
                      int64_t now_ms)
{
    const struct lifecycle_version upload = {.key = key, .modified_ms = initiated_ms};
    const struct xml_element *rule = lifecycle->root->first_child;
    for (; rule != NULL; rule = rule->next) {
        const struct xml_element *action = xml_child(rule, "AbortIncompleteMultipartUpload");
        if (applies(rule, &upload) && due_at(action, "DaysAfterInitiation", initiated_ms) <= now_ms)
            return true;
    }
    return false;
}
