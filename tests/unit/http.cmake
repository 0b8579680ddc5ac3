add_unit_test(request http)
add_unit_test(router http)
add_unit_test(call http)
add_unit_test(server http)
