/*
 * s3_schema_rows.h -- the XML S3 takes, one row per type: its members, separated by spaces. From
 * the public API model; only s3_schema.c includes it.
 *
 *     name      any text          name!     must be there
 *     name?     true or false     name*     any number of times
 *     name#     a whole number    name+     once or more
 *     name@     a date            name:A|B  one of these words
 *                                 name=Type a type of its own
 */
#ifndef HANDLERS_S3_S3_SCHEMA_ROWS_H
#define HANDLERS_S3_S3_SCHEMA_ROWS_H

struct s3_schema_row {
    const char *type;
    const char *members;
};

static const struct s3_schema_row s3_schema_rows[] = {
    {"AbacStatus", "Status:Enabled|Disabled"},
    {"AbortIncompleteMultipartUpload", "DaysAfterInitiation#"},
    {"AccelerateConfiguration", "Status:Enabled|Suspended"},
    {"AccessControlPolicy", "AccessControlList=Grants Owner=Owner"},
    {"AccessControlTranslation", "Owner!:Destination"},
    {"AnalyticsAndOperator", "Prefix Tag*=Tag"},
    {"AnalyticsConfiguration",
     "Id! Filter=AnalyticsFilter StorageClassAnalysis!=StorageClassAnalysis"},
    {"AnalyticsExportDestination", "S3BucketDestination!=AnalyticsS3BucketDestination"},
    {"AnalyticsFilter", "Prefix Tag=Tag And=AnalyticsAndOperator"},
    {"AnalyticsS3BucketDestination", "Format!:CSV BucketAccountId Bucket! Prefix"},
    {"BlockedEncryptionTypes", "EncryptionType*:NONE|SSE-C"},
    {"BucketInfo", "DataRedundancy:SingleAvailabilityZone|SingleLocalZone Type:Directory"},
    {"BucketLifecycleConfiguration", "Rule+=LifecycleRule"},
    {"BucketLoggingStatus", "LoggingEnabled=LoggingEnabled"},
    {"CORSConfiguration", "CORSRule+=CORSRule"},
    {"CORSRule", "ID AllowedHeader* AllowedMethod+ AllowedOrigin+ ExposeHeader* MaxAgeSeconds#"},
    {"CSVInput", "FileHeaderInfo:USE|IGNORE|NONE Comments QuoteEscapeCharacter RecordDelimiter "
                 "FieldDelimiter QuoteCharacter AllowQuotedRecordDelimiter?"},
    {"CSVOutput", "QuoteFields:ALWAYS|ASNEEDED QuoteEscapeCharacter RecordDelimiter FieldDelimiter "
                  "QuoteCharacter"},
    {"Condition", "HttpErrorCodeReturnedEquals KeyPrefixEquals"},
    {"CreateBucketConfiguration",
     "LocationConstraint Location=LocationInfo Bucket=BucketInfo Tags=TagSet"},
    {"DefaultRetention", "Mode:GOVERNANCE|COMPLIANCE Days# Years#"},
    {"DeleteMarkerReplication", "Status:Enabled|Disabled"},
    {"Destination",
     "Bucket! Account "
     "StorageClass:STANDARD|REDUCED_REDUNDANCY|STANDARD_IA|ONEZONE_IA|"
     "INTELLIGENT_TIERING|GLACIER|DEEP_ARCHIVE|OUTPOSTS|GLACIER_IR|SNOW|"
     "EXPRESS_ONEZONE|FSX_OPENZFS|FSX_ONTAP "
     "AccessControlTranslation=AccessControlTranslation "
     "EncryptionConfiguration=EncryptionConfiguration ReplicationTime=ReplicationTime "
     "Metrics=Metrics"},
    {"Encryption", "EncryptionType!:AES256|aws:fsx|aws:kms|aws:kms:dsse KMSKeyId KMSContext"},
    {"EncryptionConfiguration", "ReplicaKmsKeyID"},
    {"ErrorDocument", "Key!"},
    {"EventBridgeConfiguration", ""},
    {"ExistingObjectReplication", "Status!:Enabled|Disabled"},
    {"FilterRule", "Name:prefix|suffix Value"},
    {"GlacierJobParameters", "Tier!:Standard|Bulk|Expedited"},
    {"Grant", "Grantee=Grantee Permission:FULL_CONTROL|WRITE|WRITE_ACP|READ|READ_ACP"},
    {"Grantee", "DisplayName EmailAddress ID URI"},
    {"Grants", "Grant*=Grant"},
    {"IndexDocument", "Suffix!"},
    {"InputSerialization",
     "CSV=CSVInput CompressionType:NONE|GZIP|BZIP2 JSON=JSONInput Parquet=ParquetInput"},
    {"IntelligentTieringAndOperator", "Prefix Tag*=Tag"},
    {"IntelligentTieringConfiguration",
     "Id! Filter=IntelligentTieringFilter Status!:Enabled|Disabled Tiering+=Tiering"},
    {"IntelligentTieringFilter", "Prefix Tag=Tag And=IntelligentTieringAndOperator"},
    {"InventoryConfiguration",
     "Destination!=InventoryDestination IsEnabled!? Filter=InventoryFilter Id! "
     "IncludedObjectVersions!:All|Current OptionalFields=InventoryOptionalFields "
     "Schedule!=InventorySchedule"},
    {"InventoryDestination", "S3BucketDestination!=InventoryS3BucketDestination"},
    {"InventoryEncryption", "SSE-S3=SSES3 SSE-KMS=SSEKMS"},
    {"InventoryFilter", "Prefix!"},
    {"InventoryOptionalFields",
     "Field*:Size|LastModifiedDate|StorageClass|ETag|IsMultipartUploaded|"
     "ReplicationStatus|EncryptionStatus|ObjectLockRetainUntilDate|ObjectLockMode|"
     "ObjectLockLegalHoldStatus|IntelligentTieringAccessTier|BucketKeyStatus|"
     "ChecksumAlgorithm|ObjectAccessControlList|ObjectOwner|LifecycleExpirationDate"},
    {"InventoryS3BucketDestination",
     "AccountId Bucket! Format!:CSV|ORC|Parquet Prefix Encryption=InventoryEncryption"},
    {"InventorySchedule", "Frequency!:Daily|Weekly"},
    {"JSONInput", "Type:DOCUMENT|LINES"},
    {"JSONOutput", "RecordDelimiter"},
    {"LambdaFunctionConfiguration",
     "Id CloudFunction! "
     "Event+:s3:ReducedRedundancyLostObject|s3:ObjectCreated:*|s3:ObjectCreated:Put|"
     "s3:ObjectCreated:Post|s3:ObjectCreated:Copy|"
     "s3:ObjectCreated:CompleteMultipartUpload|s3:ObjectRemoved:*|"
     "s3:ObjectRemoved:Delete|s3:ObjectRemoved:DeleteMarkerCreated|s3:ObjectRestore:*|"
     "s3:ObjectRestore:Post|s3:ObjectRestore:Completed|s3:Replication:*|"
     "s3:Replication:OperationFailedReplication|s3:Replication:OperationNotTracked|"
     "s3:Replication:OperationMissedThreshold|"
     "s3:Replication:OperationReplicatedAfterThreshold|s3:ObjectRestore:Delete|"
     "s3:LifecycleTransition|s3:IntelligentTiering|s3:ObjectAcl:Put|"
     "s3:LifecycleExpiration:*|s3:LifecycleExpiration:Delete|"
     "s3:LifecycleExpiration:DeleteMarkerCreated|s3:ObjectTagging:*|"
     "s3:ObjectTagging:Put|s3:ObjectTagging:Delete "
     "Filter=NotificationConfigurationFilter"},
    {"LifecycleExpiration", "Date@ Days# ExpiredObjectDeleteMarker?"},
    {"LifecycleRule", "Expiration=LifecycleExpiration ID Prefix Filter=LifecycleRuleFilter "
                      "Status!:Enabled|Disabled Transition*=Transition "
                      "NoncurrentVersionTransition*=NoncurrentVersionTransition "
                      "NoncurrentVersionExpiration=NoncurrentVersionExpiration "
                      "AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload"},
    {"LifecycleRuleAndOperator", "Prefix Tag*=Tag ObjectSizeGreaterThan# ObjectSizeLessThan#"},
    {"LifecycleRuleFilter", "Prefix Tag=Tag ObjectSizeGreaterThan# ObjectSizeLessThan# "
                            "And=LifecycleRuleAndOperator"},
    {"LocationInfo", "Type:AvailabilityZone|LocalZone Name"},
    {"LoggingEnabled", "TargetBucket! TargetGrants=TargetGrants TargetPrefix! "
                       "TargetObjectKeyFormat=TargetObjectKeyFormat"},
    {"MetadataEntry", "Name Value"},
    {"Metrics", "Status!:Enabled|Disabled EventThreshold=ReplicationTimeValue"},
    {"MetricsAndOperator", "Prefix Tag*=Tag AccessPointArn"},
    {"MetricsConfiguration", "Id! Filter=MetricsFilter"},
    {"MetricsFilter", "Prefix Tag=Tag AccessPointArn And=MetricsAndOperator"},
    {"NoncurrentVersionExpiration", "NoncurrentDays# NewerNoncurrentVersions#"},
    {"NoncurrentVersionTransition",
     "NoncurrentDays# "
     "StorageClass:GLACIER|STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|DEEP_ARCHIVE|"
     "GLACIER_IR NewerNoncurrentVersions#"},
    {"NotificationConfiguration",
     "TopicConfiguration*=TopicConfiguration QueueConfiguration*=QueueConfiguration "
     "CloudFunctionConfiguration*=LambdaFunctionConfiguration "
     "EventBridgeConfiguration=EventBridgeConfiguration"},
    {"NotificationConfigurationFilter", "S3Key=S3KeyFilter"},
    {"ObjectLockConfiguration", "ObjectLockEnabled:Enabled Rule=ObjectLockRule"},
    {"ObjectLockLegalHold", "Status:ON|OFF"},
    {"ObjectLockRetention", "Mode:GOVERNANCE|COMPLIANCE RetainUntilDate@"},
    {"ObjectLockRule", "DefaultRetention=DefaultRetention"},
    {"OutputLocation", "S3=S3Location"},
    {"OutputSerialization", "CSV=CSVOutput JSON=JSONOutput"},
    {"Owner", "DisplayName ID"},
    {"OwnershipControls", "Rule+=OwnershipControlsRule"},
    {"OwnershipControlsRule",
     "ObjectOwnership!:BucketOwnerPreferred|ObjectWriter|BucketOwnerEnforced"},
    {"ParquetInput", ""},
    {"PartitionedPrefix", "PartitionDateSource:EventTime|DeliveryTime"},
    {"PublicAccessBlockConfiguration",
     "BlockPublicAcls? IgnorePublicAcls? BlockPublicPolicy? RestrictPublicBuckets?"},
    {"QueueConfiguration",
     "Id Queue! "
     "Event+:s3:ReducedRedundancyLostObject|s3:ObjectCreated:*|s3:ObjectCreated:Put|"
     "s3:ObjectCreated:Post|s3:ObjectCreated:Copy|"
     "s3:ObjectCreated:CompleteMultipartUpload|s3:ObjectRemoved:*|"
     "s3:ObjectRemoved:Delete|s3:ObjectRemoved:DeleteMarkerCreated|s3:ObjectRestore:*|"
     "s3:ObjectRestore:Post|s3:ObjectRestore:Completed|s3:Replication:*|"
     "s3:Replication:OperationFailedReplication|s3:Replication:OperationNotTracked|"
     "s3:Replication:OperationMissedThreshold|"
     "s3:Replication:OperationReplicatedAfterThreshold|s3:ObjectRestore:Delete|"
     "s3:LifecycleTransition|s3:IntelligentTiering|s3:ObjectAcl:Put|"
     "s3:LifecycleExpiration:*|s3:LifecycleExpiration:Delete|"
     "s3:LifecycleExpiration:DeleteMarkerCreated|s3:ObjectTagging:*|"
     "s3:ObjectTagging:Put|s3:ObjectTagging:Delete "
     "Filter=NotificationConfigurationFilter"},
    {"Redirect",
     "HostName HttpRedirectCode Protocol:http|https ReplaceKeyPrefixWith ReplaceKeyWith"},
    {"RedirectAllRequestsTo", "HostName! Protocol:http|https"},
    {"ReplicaModifications", "Status!:Enabled|Disabled"},
    {"ReplicationConfiguration", "Role! Rule+=ReplicationRule"},
    {"ReplicationRule",
     "ID Priority# Prefix Filter=ReplicationRuleFilter Status!:Enabled|Disabled "
     "SourceSelectionCriteria=SourceSelectionCriteria "
     "ExistingObjectReplication=ExistingObjectReplication Destination!=Destination "
     "DeleteMarkerReplication=DeleteMarkerReplication"},
    {"ReplicationRuleAndOperator", "Prefix Tag*=Tag"},
    {"ReplicationRuleFilter", "Prefix Tag=Tag And=ReplicationRuleAndOperator"},
    {"ReplicationTime", "Status!:Enabled|Disabled Time!=ReplicationTimeValue"},
    {"ReplicationTimeValue", "Minutes#"},
    {"RequestPaymentConfiguration", "Payer!:Requester|BucketOwner"},
    {"RestoreRequest", "Days# GlacierJobParameters=GlacierJobParameters Type:SELECT "
                       "Tier:Standard|Bulk|Expedited Description SelectParameters=SelectParameters "
                       "OutputLocation=OutputLocation"},
    {"RoutingRule", "Condition=Condition Redirect!=Redirect"},
    {"RoutingRules", "RoutingRule*=RoutingRule"},
    {"S3KeyFilter", "FilterRule*=FilterRule"},
    {"S3Location", "BucketName! Prefix! Encryption=Encryption "
                   "CannedACL:private|public-read|public-read-write|authenticated-read|"
                   "aws-exec-read|bucket-owner-read|bucket-owner-full-control "
                   "AccessControlList=Grants Tagging=Tagging UserMetadata=UserMetadata "
                   "StorageClass:STANDARD|REDUCED_REDUNDANCY|STANDARD_IA|ONEZONE_IA|"
                   "INTELLIGENT_TIERING|GLACIER|DEEP_ARCHIVE|OUTPOSTS|GLACIER_IR|SNOW|"
                   "EXPRESS_ONEZONE|FSX_OPENZFS|FSX_ONTAP"},
    {"SSEKMS", "KeyId!"},
    {"SSES3", ""},
    {"SelectParameters", "InputSerialization!=InputSerialization ExpressionType!:SQL Expression! "
                         "OutputSerialization!=OutputSerialization"},
    {"ServerSideEncryptionByDefault",
     "SSEAlgorithm!:AES256|aws:fsx|aws:kms|aws:kms:dsse KMSMasterKeyID"},
    {"ServerSideEncryptionConfiguration", "Rule+=ServerSideEncryptionRule"},
    {"ServerSideEncryptionRule", "ApplyServerSideEncryptionByDefault=ServerSideEncryptionByDefault "
                                 "BucketKeyEnabled? BlockedEncryptionTypes=BlockedEncryptionTypes"},
    {"SimplePrefix", ""},
    {"SourceSelectionCriteria", "SseKmsEncryptedObjects=SseKmsEncryptedObjects "
                                "ReplicaModifications=ReplicaModifications"},
    {"SseKmsEncryptedObjects", "Status!:Enabled|Disabled"},
    {"StorageClassAnalysis", "DataExport=StorageClassAnalysisDataExport"},
    {"StorageClassAnalysisDataExport",
     "OutputSchemaVersion!:V_1 Destination!=AnalyticsExportDestination"},
    {"Tag", "Key! Value!"},
    {"TagSet", "Tag*=Tag"},
    {"Tagging", "TagSet!=TagSet"},
    {"TargetGrant", "Grantee=Grantee Permission:FULL_CONTROL|READ|WRITE"},
    {"TargetGrants", "Grant*=TargetGrant"},
    {"TargetObjectKeyFormat", "SimplePrefix=SimplePrefix PartitionedPrefix=PartitionedPrefix"},
    {"Tiering", "Days!# AccessTier!:ARCHIVE_ACCESS|DEEP_ARCHIVE_ACCESS"},
    {"TopicConfiguration",
     "Id Topic! "
     "Event+:s3:ReducedRedundancyLostObject|s3:ObjectCreated:*|s3:ObjectCreated:Put|"
     "s3:ObjectCreated:Post|s3:ObjectCreated:Copy|"
     "s3:ObjectCreated:CompleteMultipartUpload|s3:ObjectRemoved:*|"
     "s3:ObjectRemoved:Delete|s3:ObjectRemoved:DeleteMarkerCreated|s3:ObjectRestore:*|"
     "s3:ObjectRestore:Post|s3:ObjectRestore:Completed|s3:Replication:*|"
     "s3:Replication:OperationFailedReplication|s3:Replication:OperationNotTracked|"
     "s3:Replication:OperationMissedThreshold|"
     "s3:Replication:OperationReplicatedAfterThreshold|s3:ObjectRestore:Delete|"
     "s3:LifecycleTransition|s3:IntelligentTiering|s3:ObjectAcl:Put|"
     "s3:LifecycleExpiration:*|s3:LifecycleExpiration:Delete|"
     "s3:LifecycleExpiration:DeleteMarkerCreated|s3:ObjectTagging:*|"
     "s3:ObjectTagging:Put|s3:ObjectTagging:Delete "
     "Filter=NotificationConfigurationFilter"},
    {"Transition", "Date@ Days# "
                   "StorageClass:GLACIER|STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|DEEP_ARCHIVE|"
                   "GLACIER_IR"},
    {"UserMetadata", "MetadataEntry*=MetadataEntry"},
    {"VersioningConfiguration", "MfaDelete:Enabled|Disabled Status:Enabled|Suspended"},
    {"WebsiteConfiguration",
     "ErrorDocument=ErrorDocument IndexDocument=IndexDocument "
     "RedirectAllRequestsTo=RedirectAllRequestsTo RoutingRules=RoutingRules"},
};

#endif
