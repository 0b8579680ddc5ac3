/*
 * kinesis_limits.h -- AWS's quotas as this account and region has them.
 */
#ifndef HANDLERS_KINESIS_KINESIS_LIMITS_H
#define HANDLERS_KINESIS_KINESIS_LIMITS_H

#define KINESIS_SHARDS_MAX 500 /* of provisioned streams */
#define KINESIS_ON_DEMAND_STREAMS_MAX 50
#define KINESIS_ON_DEMAND_SHARDS 4 /* what such a stream begins with */
#define KINESIS_RECORD_MAX_KIB 1024
#define KINESIS_RECORD_MAX_BYTES ((size_t)KINESIS_RECORD_MAX_KIB * 1024)
#define KINESIS_RETENTION_MIN_HOURS 24
#define KINESIS_RETENTION_MAX_HOURS 8760

#endif
