#include "handlers/dynamodb/projection.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/expression_check.h"
#include "handlers/dynamodb/expression_parser.h"
#include "handlers/dynamodb/path_tree.h"

static const char title[] = "ProjectionExpression";

static enum status add_path(struct expression_check *check, struct document_path *path,
                            struct path_tree *tree)
{
    enum path_clash clash = PATH_CLASH_NONE;
    const struct document_path *other = NULL;
    expression_check_path(check, path);
    enum status status = path_tree_add(tree, path, NULL, check->arena, &clash, &other);
    if (status != STATUS_OK || clash == PATH_CLASH_NONE)
        return status;
    struct text message;
    text_init_in(&message, check->arena, REFUSAL_PART_MAX_BYTES);
    path_tree_describe_clash(clash, other, path, &message);
    expression_check_note(check, FINDING_OPERAND_TYPE, "%.*s", SLICE_ARG(text_slice(&message)));
    return message.status;
}

static enum status parse_paths(struct expression_parser *parser, struct expression_check *check,
                               struct path_tree *tree)
{
    do {
        struct document_path *path = arena_zalloc(check->arena, sizeof(*path));
        if (path == NULL)
            return STATUS_NO_MEMORY;
        if (!expression_parser_path(parser, path))
            return parser->status;
        enum status status = add_path(check, path, tree);
        if (status != STATUS_OK)
            return status;
    } while (expression_parser_accept(parser, TOKEN_COMMA));
    return expression_parser_finish(parser) ? STATUS_OK : parser->status;
}

enum status projection_parse(struct slice source, struct placeholders *placeholders,
                             struct refusal *refusal, struct path_tree **ret_tree)
{
    static const char *const keywords[] = {NULL};
    struct expression_parser parser;
    struct expression_check check = expression_check_make(title, placeholders, refusal->arena);
    struct path_tree *tree = arena_zalloc(refusal->arena, sizeof(*tree));
    if (tree == NULL)
        return STATUS_NO_MEMORY;
    expression_parser_init(&parser, title, keywords, source, refusal);
    enum status status = parser.status;
    if (status == STATUS_OK)
        status = parse_paths(&parser, &check, tree);
    if (status == STATUS_OK)
        status = expression_check_result(&check, refusal);
    if (status == STATUS_OK)
        *ret_tree = tree;
    return status;
}

enum status projection_apply(const struct path_tree *tree, struct slice item, struct arena *arena,
                             struct slice *ret_item)
{
    struct text out;
    text_init_in(&out, arena, item.len + VALUE_HEAD_BYTES);
    path_tree_project(tree, item, &out);
    if (out.status == STATUS_OK)
        *ret_item = text_slice(&out);
    return out.status;
}
