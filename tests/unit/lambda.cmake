add_unit_test(function_store storage)
