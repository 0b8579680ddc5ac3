/*
 * function_address.h -- which function a request means: name or ARN in the path, qualifier there
 * or in the query.
 */
#ifndef HANDLERS_LAMBDA_FUNCTION_ADDRESS_H
#define HANDLERS_LAMBDA_FUNCTION_ADDRESS_H

#include <stdbool.h>

#include "emulator/base/slice.h"
#include "storage/function_store.h"

struct call;

struct function_address {
    struct slice name;
    struct slice qualifier;  /* empty when none was given */
    struct function_row row; /* when it was found: the version the qualifier means */
};

/* Whether an unqualified function stands as "...:name" or "...:name:$LATEST" in "not found". */
enum function_not_found { FUNCTION_NOT_FOUND_PLAIN, FUNCTION_NOT_FOUND_LATEST };

/* Without looking for the function. False: the call was answered with the error. */
bool function_address_read(struct call *call, struct function_address *ret_address);

/* And look for it. */
bool function_address_find(struct call *call, enum function_not_found form,
                           struct function_address *ret_address);

/* And insist that it may be changed: stored, not from the command line, no other qualifier. */
bool function_address_find_changeable(struct call *call, struct function_address *ret_address);

/*
 * The function as a whole, for what stands in the row of $LATEST; another qualifier is kept, and
 * not looked for.
 */
bool function_address_find_whole(struct call *call, enum function_not_found form,
                                 struct function_address *ret_address);

/* And insist that it is stored, not from the command line: for who adds something to it. */
bool function_address_find_stored(struct call *call, enum function_not_found form,
                                  struct function_address *ret_address);

/* The same of a name or ARN that came by another way than the path. */
bool function_address_parse(struct call *call, struct slice given, struct slice query,
                            struct function_address *ret_address);

/* No qualifier, or that of $LATEST. */
bool function_address_is_latest(const struct function_address *address);

/* The row of $LATEST when `row` is a version of it. False: answered. */
bool function_address_latest(struct call *call, const struct function_row *row,
                             struct function_row *ret_latest);

/* arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>], in the call's arena. */
struct slice function_address_arn(struct call *call, struct slice name, struct slice qualifier);

/* 404 "Function not found: <arn>". Always false. */
bool function_address_fail_not_found(struct call *call, struct slice name, struct slice qualifier);

/* The call's RevisionId, when it gives one, is `current`. Else answered. */
bool function_address_has_revision(struct call *call, struct slice current,
                                   struct slice revision_id);

#endif
