/*
 * s3_operations.h -- the functions of the operations table in s3.c, by resource. An operation
 * that refuses (s3_call.h) just returns.
 */
#ifndef HANDLERS_S3_S3_OPERATIONS_H
#define HANDLERS_S3_S3_OPERATIONS_H

struct call;

/* s3_create_bucket.c, s3_bucket.c */
void s3_create_bucket(struct call *call);
void s3_head_bucket(struct call *call);
void s3_delete_bucket(struct call *call);
void s3_get_bucket_location(struct call *call);

/* s3_list_buckets.c, s3_list_objects.c */
void s3_list_buckets(struct call *call);
void s3_list_objects(struct call *call);
void s3_list_objects_v2(struct call *call);

/* s3_put_object.c: begin is for the head, the other for the whole body */
void s3_begin_put_object(struct call *call);
void s3_put_object(struct call *call);

/* s3_get_object.c */
void s3_get_object(struct call *call);
void s3_head_object(struct call *call);

/* s3_delete_object.c */
void s3_delete_object(struct call *call);
void s3_delete_objects(struct call *call);

/* s3_bucket_versioning.c, s3_list_versions.c */
void s3_put_bucket_versioning(struct call *call);
void s3_get_bucket_versioning(struct call *call);
void s3_list_object_versions(struct call *call);

/* s3_object_tagging.c */
void s3_put_object_tagging(struct call *call);
void s3_get_object_tagging(struct call *call);
void s3_delete_object_tagging(struct call *call);

/* s3_bucket_tagging.c, s3_bucket_policy.c */
void s3_put_bucket_tagging(struct call *call);
void s3_get_bucket_tagging(struct call *call);
void s3_delete_bucket_tagging(struct call *call);
void s3_put_bucket_policy(struct call *call);
void s3_get_bucket_policy(struct call *call);
void s3_delete_bucket_policy(struct call *call);
void s3_get_bucket_policy_status(struct call *call);

/* s3_control.c */
void s3_list_tags_for_resource(struct call *call);
void s3_tag_resource(struct call *call);
void s3_untag_resource(struct call *call);

/* s3_settings.c: for every kind of setting in its table */
void s3_put_setting(struct call *call);
void s3_get_setting(struct call *call);
void s3_delete_setting(struct call *call);
void s3_list_settings(struct call *call);

/* s3_acl.c */
void s3_put_object_acl(struct call *call);
void s3_get_object_acl(struct call *call);
void s3_put_bucket_acl(struct call *call);
void s3_get_bucket_acl(struct call *call);

/* s3_lock.c */
void s3_put_object_retention(struct call *call);
void s3_get_object_retention(struct call *call);
void s3_put_object_legal_hold(struct call *call);
void s3_get_object_legal_hold(struct call *call);

/* s3_copy_object.c */
void s3_copy_object(struct call *call);

/* s3_multipart.c, s3_complete_upload.c */
void s3_create_multipart_upload(struct call *call);
void s3_begin_upload_part(struct call *call);
void s3_upload_part(struct call *call);
void s3_abort_multipart_upload(struct call *call);
void s3_list_parts(struct call *call);
void s3_complete_multipart_upload(struct call *call);

/* s3_part_copy.c, s3_list_uploads.c, s3_attributes.c, s3_restore_object.c */
void s3_upload_part_copy(struct call *call);
void s3_list_multipart_uploads(struct call *call);
void s3_get_object_attributes(struct call *call);
void s3_restore_object(struct call *call);

#endif
