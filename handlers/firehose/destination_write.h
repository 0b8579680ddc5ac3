/*
 * destination_write.h -- a destination as it is stored and described: every default filled in,
 * members in the order of AWS's answers.
 */
#ifndef HANDLERS_FIREHOSE_DESTINATION_WRITE_H
#define HANDLERS_FIREHOSE_DESTINATION_WRITE_H

struct json;
struct json_writer;
struct text;

/*
 * Append an ExtendedS3DestinationDescription: what `given` (a configuration or an update) has,
 * else what `before` (a description, or NULL) has, else the default. Of an HTTP endpoint
 * an HttpEndpointDestinationDescription and, in EndpointConfiguration, the AccessKey, which an
 * update without one keeps while the Url stays.
 */
void destination_write(struct text *out, const struct json *given, const struct json *before);

/* The S3DestinationDescription that goes with a description: the eight members both have. */
void destination_write_plain(struct json_writer *w, const struct json *description);

/* What is stored of an HTTP endpoint, without its AccessKey. */
void destination_write_endpoint(struct json_writer *w, const struct json *description);

#endif
