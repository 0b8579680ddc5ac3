foreach(name aliases config config_file config_help data_folder nearest setting_value)
    add_unit_test(${name} config)
endforeach()
