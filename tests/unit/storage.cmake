add_unit_test(db storage)
add_unit_test(checkpoint storage)
