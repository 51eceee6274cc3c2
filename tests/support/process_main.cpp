// The main of tests whose tasks run in worker processes.
#include <weft/process/init.hpp>

#include <gtest/gtest.h>

int main(int argc, char** argv) {
  weft::init(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
