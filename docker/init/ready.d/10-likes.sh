#!/bin/bash
# The likes pipeline, made before "Ready.": table, bucket, function, delivery stream.
set -euo pipefail
likes=/likes # fixtures/likes
package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT
cd "$likes"
python3 -m zipfile -c "$package/likes.zip" likes.py

awslocal dynamodb create-table --table-name Likes_Tab --billing-mode PAY_PER_REQUEST \
    --attribute-definitions AttributeName=element_class,AttributeType=S \
    --key-schema AttributeName=element_class,KeyType=HASH --query TableDescription.TableArn --output text
awslocal s3 mb s3://likes-bucket
awslocal lambda create-function --function-name lambda_KFH_to_DynoDB --runtime python3.11 \
    --handler likes.handler --role arn:aws:iam::000000000000:role/likes --timeout 60 \
    --zip-file "fileb://$package/likes.zip" --query FunctionArn --output text
awslocal firehose create-delivery-stream --delivery-stream-name likes \
    --extended-s3-destination-configuration "file://$likes/destination.json" --output text
