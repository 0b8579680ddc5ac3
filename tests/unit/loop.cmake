add_unit_test(loop loop)
