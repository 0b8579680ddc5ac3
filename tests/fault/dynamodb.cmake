add_fault_test(expressions dynamodb)
add_fault_test(partiql dynamodb)
