// A fixture that looks for what a test of the process pool may have left behind.
#pragma once

#include "process/fork_server.hpp"
#include "unit/process/processes.hpp"
#include "unit/process/zoo.hpp"

#include <weft/future/as_completed.hpp>
#include <weft/future/wait.hpp>
#include <weft/process/process_pool_executor.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <chrono>

using namespace std::chrono_literals;

class pool_test : public testing::Test {
 protected:
  void SetUp() override {
    // The first start may replace a fork server that another test has killed; that changes what is open.
    weft::process_pool_executor({.max_workers = 1}).submit(&zoo::twice, 1).wait();
    descriptors_ = processes::open_descriptors();
  }
  void TearDown() override {
    // One child, the fork server; it has one, the spare, at the most.
    EXPECT_TRUE(processes::eventually([] { return processes::children_of(::getpid()).size() == 1; }));
    EXPECT_TRUE(
        processes::eventually([] { return processes::children_of(weft::detail::fork_server_pid()).size() <= 1; }));
    // A pool that was destroyed in a callback is still on its way out.
    processes::eventually([&] { return processes::open_descriptors() == descriptors_; }, 2s);
    EXPECT_EQ(processes::open_descriptors(), descriptors_);
  }

 private:
  std::size_t descriptors_ = 0;
};

/// The error that reading a future throws, as its own type; fails the test if it is another.
template <class E, class T>
E error_of(const weft::future<T>& f) {
  EXPECT_TRUE(f.wait(20s)) << "a hang";
  try {
    static_cast<void>(f.result(0s));
  } catch (const E& error) {
    return error;
  } catch (const std::exception& other) {
    ADD_FAILURE() << "another error: " << other.what();
    throw;
  }
  ADD_FAILURE() << "no error";
  throw std::logic_error("no error");
}
