// Whole programs for tests to run, watch and kill: "--scenario NAME" (see main.cpp).
#pragma once

#include <string_view>

namespace scenarios {

/// Before weft::init. Returns an exit code, or -1 for scenarios that want weft::init.
int run_without_init(std::string_view name);
/// Before weft::init and with a second thread, where the scenario wants one.
void prepare(std::string_view name);
/// After weft::init.
int run(std::string_view name);

}  // namespace scenarios
