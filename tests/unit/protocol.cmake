add_unit_test(aws_json protocol)
add_unit_test(aws_query protocol)
