add_fault_test(iam iam)
