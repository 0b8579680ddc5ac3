#!/bin/bash
# A test as one writes it: put records, let minutes pass at once, look at the object and the rows.
set -euo pipefail

expect() { # WHAT WANTED GOT
    if [ "$2" != "$3" ]; then
        printf '%s: expected\n%s\nbut it is\n%s\n' "$1" "$2" "$3" >&2
        exit 1
    fi
    printf 'ok: %s\n' "$1"
}

failed=$(awslocal firehose put-record-batch --delivery-stream-name likes \
    --records file:///likes/likes_data_batch.json --query FailedPutCount --output text)
expect "every record is taken" 0 "$failed"
hydrant advance 4m

object=$(awslocal s3api list-objects-v2 --bucket likes-bucket \
    --query "Contents[?!contains(Key, 'processing-failed')].Key | [0]" --output text)
expect "the good records are in the object" \
    $'{"element_class":"1002","likes":3}\n{"element_class":"1003","likes":14}\n{"element_class":"1004","likes":159}' \
    "$(awslocal s3 cp "s3://likes-bucket/$object" -)"
expect "each has a row" $'1002\n1003\n1004' \
    "$(awslocal dynamodb scan --table-name Likes_Tab --query 'Items[].[element_class.S]' --output text | sort)"
expect "the bad one is in an error object" 1 \
    "$(awslocal s3 ls --recursive s3://likes-bucket | grep -c processing-failed)"
