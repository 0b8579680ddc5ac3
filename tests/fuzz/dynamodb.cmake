add_fuzz_target(decimal dynamodb)
add_fuzz_target(item dynamodb)
add_fuzz_target(expression dynamodb)
