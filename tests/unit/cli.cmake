foreach(name admin_client command command_line)
    add_unit_test(${name} cli)
endforeach()
