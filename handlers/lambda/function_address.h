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
    struct function_row row; /* when it was found */
};

/* Whether an unqualified function stands as "...:name" or "...:name:$LATEST" in "not found". */
enum function_not_found { FUNCTION_NOT_FOUND_PLAIN, FUNCTION_NOT_FOUND_LATEST };

/* Without looking for the function. False: the call was answered with the error. */
bool function_address_read(struct call *call, struct function_address *ret_address);

/* And look for it. */
bool function_address_find(struct call *call, enum function_not_found form,
                           struct function_address *ret_address);

/* And insist that it may be changed: stored, not from the command line, no qualifier. */
bool function_address_find_changeable(struct call *call, struct function_address *ret_address);

/* arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>], in the call's arena. */
struct slice function_address_arn(struct call *call, struct slice name, struct slice qualifier);

/* The call's RevisionId, when it gives one, is the function's. Else answered. */
bool function_address_has_revision(struct call *call, const struct function_row *row,
                                   struct slice revision_id);

#endif
