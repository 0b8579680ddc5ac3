add_unit_test(query storage)
add_unit_test(folder storage)
add_unit_test(schema storage PkgConfig::sqlite)
