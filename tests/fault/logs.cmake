add_fault_test(logs logs)
