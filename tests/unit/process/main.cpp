// The process tests have a main of their own: weft::init comes first. With "--scenario NAME" this is another program.
#include "unit/process/scenarios.hpp"

#include <weft/process/init.hpp>

#include <gtest/gtest.h>

#include <cstring>

int main(int argc, char** argv) {
  const bool scenario = argc > 2 && std::strcmp(argv[1], "--scenario") == 0;
  if (scenario) {
    if (const int code = scenarios::run_without_init(argv[2]); code >= 0) return code;
    scenarios::prepare(argv[2]);
  }
  weft::init(argc, argv);
  if (scenario) return scenarios::run(argv[2]);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
