/*
 * s3_route.h -- which operation a request is: its method, whether it names a key, and the
 * sub-resource in its query ("?tagging"). The list of sub-resources is closed: unknown
 * parameters are ignored, known ones never fall through to the plain operation.
 */
#ifndef HANDLERS_S3_S3_ROUTE_H
#define HANDLERS_S3_S3_ROUTE_H

#include <stdbool.h>

struct http_request;

enum s3_level { S3_SERVICE, S3_BUCKET, S3_OBJECT };

/* AWS's name of the operation; NULL: the method is not allowed there. */
const char *s3_route(const struct http_request *request, enum s3_level level);

#endif
