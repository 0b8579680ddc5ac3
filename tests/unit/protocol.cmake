add_unit_test(aws_json protocol)
