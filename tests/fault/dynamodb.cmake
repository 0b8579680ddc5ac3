add_fault_test(expressions dynamodb)
