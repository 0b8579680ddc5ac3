add_unit_test(durations base)
