add_unit_test(credentials auth)
