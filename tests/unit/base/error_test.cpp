#include <weft/base/error.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <type_traits>

namespace {

TEST(Error, EveryKindSharesTheRoot) {
  EXPECT_TRUE((std::is_base_of_v<weft::error, weft::timeout_error>));
  EXPECT_TRUE((std::is_base_of_v<weft::error, weft::queue_full>));
  EXPECT_TRUE((std::is_base_of_v<weft::broken_executor, weft::time_limit_exceeded>));
  EXPECT_TRUE((std::is_base_of_v<weft::terminated_worker, weft::memory_limit_exceeded>));
  EXPECT_FALSE((std::is_base_of_v<weft::timeout_error, weft::time_limit_exceeded>));
}

TEST(Error, DescribesHowAWorkerEnded) {
  EXPECT_EQ(weft::describe({.pid = 1, .signalled = true, .code = SIGSEGV}), "SIGNAL(SIGSEGV)");
  EXPECT_EQ(weft::describe({.pid = 1, .signalled = true, .code = SIGABRT, .core_dumped = true}),
            "SIGNAL(SIGABRT, core dumped)");
  EXPECT_EQ(weft::describe({.pid = 1, .code = 0}), "EXIT(0)");
  EXPECT_EQ(weft::describe({.unknown = true}), "UNKNOWN");
}

}  // namespace
