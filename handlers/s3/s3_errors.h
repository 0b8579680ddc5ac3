/*
 * s3_errors.h -- the errors of the S3 API: code, HTTP status, and the message AWS sends.
 */
#ifndef HANDLERS_S3_S3_ERRORS_H
#define HANDLERS_S3_S3_ERRORS_H

#include "emulator/http/service.h"

#define S3_ERROR_LIST(X)                                                                           \
    X(ACCESS_DENIED, "AccessDenied", 403, "Access Denied")                                         \
    X(ACCESS_FORBIDDEN, "AccessForbidden", 403,                                                    \
      "CORSResponse: CORS is not enabled for this bucket.")                                        \
    X(BAD_DIGEST, "BadDigest", 400,                                                                \
      "The Content-MD5 you specified did not match what we received.")                             \
    X(BAD_REQUEST, "BadRequest", 400, "Insufficient information. Origin request header needed.")   \
    X(BUCKET_ALREADY_EXISTS, "BucketAlreadyExists", 409,                                           \
      "The requested bucket name is not available. The bucket namespace is shared by all users "   \
      "of the system. Please select a different name and try again.")                              \
    X(BUCKET_ALREADY_OWNED_BY_YOU, "BucketAlreadyOwnedByYou", 409,                                 \
      "Your previous request to create the named bucket succeeded and you already own it.")        \
    X(BUCKET_NOT_EMPTY, "BucketNotEmpty", 409, "The bucket you tried to delete is not empty")      \
    X(CONDITIONAL_REQUEST_CONFLICT, "ConditionalRequestConflict", 409,                             \
      "The conditional request cannot succeed due to a conflicting operation against this "        \
      "resource.")                                                                                 \
    X(ENTITY_TOO_LARGE, "EntityTooLarge", 400,                                                     \
      "Your proposed upload exceeds the maximum allowed size")                                     \
    X(ENTITY_TOO_SMALL, "EntityTooSmall", 400,                                                     \
      "Your proposed upload is smaller than the minimum allowed size")                             \
    X(EXPIRED_TOKEN, "ExpiredToken", 400, "The provided token has expired.")                       \
    X(ID_MISMATCH, "IdMismatch", 400,                                                              \
      "Document ID does not match the specified configuration ID.")                                \
    X(ILLEGAL_VERSIONING, "IllegalVersioningConfigurationException", 400,                          \
      "The Versioning element must be specified")                                                  \
    X(ILLEGAL_LOCATION_CONSTRAINT, "IllegalLocationConstraintException", 400,                      \
      "The unspecified location constraint is incompatible for the region specific endpoint this " \
      "request was sent to.")                                                                      \
    X(INCOMPLETE_BODY, "IncompleteBody", 400, "The request body terminated unexpectedly")          \
    X(INTERNAL_ERROR, "InternalError", 500, "We encountered an internal error. Please try again.") \
    X(INVALID_ACCESS_KEY_ID, "InvalidAccessKeyId", 403,                                            \
      "The AWS Access Key Id you provided does not exist in our records.")                         \
    X(INVALID_ARGUMENT, "InvalidArgument", 400, "Invalid Argument")                                \
    X(INVALID_BUCKET_STATE, "InvalidBucketState", 409,                                             \
      "The request is not valid for the current state of the bucket.")                             \
    X(INVALID_OBJECT_STATE, "InvalidObjectState", 403,                                             \
      "The operation is not valid for the object's storage class")                                 \
    X(INVALID_TAG, "InvalidTag", 400, "The tag provided was not a valid tag.")                     \
    X(INVALID_TARGET_BUCKET, "InvalidTargetBucketForLogging", 400,                                 \
      "The target bucket for logging does not exist")                                              \
    X(CROSS_LOCATION_LOGGING, "CrossLocationLoggingProhibitted", 403,                              \
      "Cross S3 location logging not allowed. ")                                                   \
    X(ACL_NOT_SUPPORTED, "AccessControlListNotSupported", 400, "The bucket does not allow ACLs")   \
    X(MALFORMED_ACL, "MalformedACLError", 400,                                                     \
      "The XML you provided was not well-formed or did not validate against our published schema") \
    X(MALFORMED_POLICY, "MalformedPolicy", 400,                                                    \
      "Policies must be valid JSON and the first byte must be '{'")                                \
    X(MISSING_SECURITY_HEADER, "MissingSecurityHeader", 400,                                       \
      "Your request was missing a required header")                                                \
    X(UNRESOLVABLE_GRANT, "UnresolvableGrantByEmailAddress", 400,                                  \
      "The email address you provided does not match any account on record.")                      \
    X(INVALID_BUCKET_ACL, "InvalidBucketAclWithObjectOwnership", 400,                              \
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")            \
    X(UNEXPECTED_CONTENT, "UnexpectedContent", 400, "This request does not support content")       \
    X(RESTORE_IN_PROGRESS, "RestoreAlreadyInProgress", 409,                                        \
      "Object restore is already in progress")                                                     \
    X(NO_SUCH_BUCKET_POLICY, "NoSuchBucketPolicy", 404, "The bucket policy does not exist")        \
    X(NO_SUCH_CONFIGURATION, "NoSuchConfiguration", 404,                                           \
      "The specified configuration does not exist.")                                               \
    X(NO_SUCH_LIFECYCLE, "NoSuchLifecycleConfiguration", 404,                                      \
      "The lifecycle configuration does not exist")                                                \
    X(NO_SUCH_LOCK, "NoSuchObjectLockConfiguration", 404,                                          \
      "The specified object does not have a ObjectLock configuration")                             \
    X(NO_SUCH_LOCK_SETTING, "ObjectLockConfigurationNotFoundError", 404,                           \
      "Object Lock configuration does not exist for this bucket")                                  \
    X(NO_SUCH_OWNERSHIP, "OwnershipControlsNotFoundError", 404,                                    \
      "The bucket ownership controls were not found")                                              \
    X(NO_SUCH_PUBLIC_ACCESS_BLOCK, "NoSuchPublicAccessBlockConfiguration", 404,                    \
      "The public access block configuration was not found")                                       \
    X(NO_SUCH_REPLICATION, "ReplicationConfigurationNotFoundError", 404,                           \
      "The replication configuration was not found")                                               \
    X(NO_SUCH_TAG_SET, "NoSuchTagSet", 404, "The TagSet does not exist")                           \
    X(INVALID_BUCKET_NAME, "InvalidBucketName", 400, "The specified bucket is not valid.")         \
    X(INVALID_BUCKET_OWNER, "InvalidBucketOwnerAWSAccountID", 400,                                 \
      "The value of the expected bucket owner parameter must be an AWS Account ID...")             \
    X(INVALID_CHUNK_SIZE, "InvalidChunkSizeError", 400,                                            \
      "Only the last chunk is allowed to have a size less than 8192 bytes")                        \
    X(INVALID_DIGEST, "InvalidDigest", 400, "The Content-MD5 you specified was invalid.")          \
    X(INVALID_ENCRYPTION_ALGORITHM, "InvalidEncryptionAlgorithmError", 400,                        \
      "The Encryption request you specified is not valid. Supported value: AES256.")               \
    X(INVALID_LOCATION_CONSTRAINT, "InvalidLocationConstraint", 400,                               \
      "The specified location-constraint is not valid")                                            \
    X(INVALID_PART, "InvalidPart", 400,                                                            \
      "One or more of the specified parts could not be found.  The part may not have been "        \
      "uploaded, or the specified entity tag may not match the part's entity tag.")                \
    X(INVALID_PART_NUMBER, "InvalidPartNumber", 416,                                               \
      "The requested partnumber is not satisfiable")                                               \
    X(INVALID_PART_ORDER, "InvalidPartOrder", 400,                                                 \
      "The list of parts was not in ascending order. Parts must be ordered by part number.")       \
    X(INVALID_RANGE, "InvalidRange", 416, "The requested range is not satisfiable")                \
    X(INVALID_REQUEST, "InvalidRequest", 400, "Invalid Request")                                   \
    X(INVALID_STORAGE_CLASS, "InvalidStorageClass", 400,                                           \
      "The storage class you specified is not valid")                                              \
    X(INVALID_URI, "InvalidURI", 400, "Couldn't parse the specified URI.")                         \
    X(KEY_TOO_LONG, "KeyTooLongError", 400, "Your key is too long")                                \
    X(MALFORMED_TRAILER, "MalformedTrailerError", 400,                                             \
      "The request contained trailing data that was not well-formed or did not conform to our "    \
      "published schema.")                                                                         \
    X(MALFORMED_XML, "MalformedXML", 400,                                                          \
      "The XML you provided was not well-formed or did not validate against our published schema") \
    X(METADATA_TOO_LARGE, "MetadataTooLarge", 400,                                                 \
      "Your metadata headers exceed the maximum allowed metadata size")                            \
    X(METHOD_NOT_ALLOWED, "MethodNotAllowed", 405,                                                 \
      "The specified method is not allowed against this resource.")                                \
    X(MISSING_CONTENT_LENGTH, "MissingContentLength", 411,                                         \
      "You must provide the Content-Length HTTP header.")                                          \
    X(NO_SUCH_BUCKET, "NoSuchBucket", 404, "The specified bucket does not exist")                  \
    X(NO_SUCH_KEY, "NoSuchKey", 404, "The specified key does not exist.")                          \
    X(NO_SUCH_UPLOAD, "NoSuchUpload", 404,                                                         \
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have " \
      "been aborted or completed.")                                                                \
    X(NO_SUCH_VERSION, "NoSuchVersion", 404, "The specified version does not exist.")              \
    X(NOT_IMPLEMENTED, "NotImplemented", 501,                                                      \
      "A header you provided implies functionality that is not implemented")                       \
    X(PRECONDITION_FAILED, "PreconditionFailed", 412,                                              \
      "At least one of the pre-conditions you specified did not hold")                             \
    X(REQUEST_HEADERS_TOO_LARGE, "RequestHeaderSectionTooLarge", 400,                              \
      "Your request header section exceeds the maximum allowed request header section size.")      \
    X(SERVICE_UNAVAILABLE, "ServiceUnavailable", 503, "Service is unable to handle request.")      \
    X(XAMZ_SHA256_MISMATCH, "XAmzContentSHA256Mismatch", 400,                                      \
      "The provided 'x-amz-content-sha256' header does not match what was computed.")

enum s3_error {

#define X(id, code, status, message) S3_##id,
    S3_ERROR_LIST(X)
#undef X
};

const struct api_error *s3_api_error(enum s3_error error);
const char *s3_error_message(enum s3_error error);

extern const struct common_errors s3_common_errors;

#endif
