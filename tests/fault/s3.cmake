add_fault_test(blobs storage WRAP write fchmod fdatasync fsync renameat2)
