add_unit_test(child loop)
add_unit_test(loop loop)
add_unit_test(worker loop)
add_unit_test(random loop)
add_unit_test(sim_timer_heap loop)
add_unit_test(sim_clock loop)
# The test moves the wall clock.
target_link_options(test_sim_clock PRIVATE -Wl,--wrap=loop_wall_ms)
add_unit_test(event_bus events)
