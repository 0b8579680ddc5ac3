add_fault_test(db storage test_vfs)
