add_unit_test(shape_check shapes)
add_unit_test(shape_pattern shapes)
add_unit_test(shape_blob shapes)
add_fuzz_target(shape_check shapes)
