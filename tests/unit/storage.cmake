add_unit_test(db storage)
