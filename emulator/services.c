#include "emulator/services.h"

#include "emulator/http/router.h"
#include "handlers/admin/admin.h"
#include "handlers/cloudwatch/cloudwatch.h"
#include "handlers/dynamodb/dynamodb.h"
#include "handlers/firehose/firehose.h"
#include "handlers/iam/iam.h"
#include "handlers/kinesis/kinesis.h"
#include "handlers/lambda/lambda.h"
#include "handlers/logs/logs.h"
#include "handlers/s3/s3.h"
#include "handlers/sts/sts.h"

/* S3 comes last: it takes every path nobody else claims. */
static const struct service *const services[] = {
    &firehose_service,   &dynamodb_service, &kinesis_service, &lambda_service, &logs_service,
    &cloudwatch_service, &iam_service,      &sts_service,     &admin_service,  &s3_service,
};

const struct router services_router = {services, sizeof(services) / sizeof(services[0])};
