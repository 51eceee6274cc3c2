#include "unit/process/pool_test.hpp"

#include "process/fault_point.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace {

using testing::HasSubstr;

struct stubborn {  // cannot be decoded in the parent
  int value = 0;
  template <class Archive>
  void save(Archive& archive) const {
    archive(value);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(value);
    throw std::runtime_error("no such value");
  }
};

struct unwilling {  // cannot be encoded
  template <class Archive>
  void save(Archive&) const {
    throw std::runtime_error("cannot be written");
  }
  template <class Archive>
  void load(Archive&) {}
  int value = 0;
};

class CrashingWorkers : public pool_test {};

TEST_F(CrashingWorkers, CostOneTaskOfAHundred) {
  weft::process_pool_executor pool{{.max_workers = 2}};
  std::vector<weft::future<int>> futures;
  for (int i = 0; i < 100; ++i) futures.push_back(pool.submit({.name = "item"}, &zoo::add_or_crash, i, 42));
  for (int i = 0; i < 100; ++i) {
    if (i == 42) continue;
    EXPECT_EQ(futures[static_cast<std::size_t>(i)].result(20s), i + 1);
  }
  const auto error = error_of<weft::terminated_worker>(futures[42]);
  EXPECT_GT(error.pid(), 0);
  EXPECT_EQ(error.signal(), SIGSEGV);
  EXPECT_GT(error.exit().peak_memory, 0U);
  EXPECT_THAT(error.what(), HasSubstr("SIGNAL(SIGSEGV"));
  EXPECT_THAT(error.what(), HasSubstr("task 43 (item)"));
  EXPECT_EQ(pool.submit(&zoo::twice, 4).result(), 8);
}

TEST_F(CrashingWorkers, BRK_1_BRK_2_BRK_3_BRK_10_BreakThePoolIfThatIsThePolicy) {
  weft::process_pool_executor pool{{.max_workers = 2, .on_crash = weft::crash_policy::break_pool}};
  std::vector<::pid_t> workers{pool.submit(&zoo::process_id).result()};
  auto hanging = pool.submit(&zoo::hang);
  auto crashing = pool.submit(&zoo::kill_self);
  auto queued = pool.submit(&zoo::twice, 1);
  EXPECT_EQ(error_of<weft::terminated_worker>(crashing).signal(), SIGKILL);
  EXPECT_THAT(error_of<weft::broken_process_pool>(hanging).what(), HasSubstr("SIGNAL(SIGKILL)"));
  try {
    EXPECT_EQ(queued.result(20s), 2);  // it may have come before the crash
  } catch (const weft::broken_process_pool&) {
    EXPECT_NE(hanging.exception(), queued.exception());
  }
  EXPECT_NE(hanging.exception(), crashing.exception());
  EXPECT_THROW(static_cast<void>(pool.submit(&zoo::twice, 1)), weft::broken_process_pool);
  pool.shutdown();
  for (const ::pid_t pid : workers) EXPECT_FALSE(processes::alive(pid));
}

TEST_F(CrashingWorkers, AreRetriedIfThatIsThePolicy) {
  weft::process_pool_executor pool{{.max_workers = 1, .on_crash = weft::crash_policy::retry(2)}};
  const std::string trace = processes::fresh_path("retry");
  const auto die_twice = [](const std::string& path) {
    std::ofstream(path, std::ios::app) << 'x';
    std::ifstream file(path);
    const std::string lives((std::istreambuf_iterator<char>(file)), {});
    if (lives.size() < 3) zoo::kill_self();
    return static_cast<int>(lives.size());
  };
  EXPECT_EQ(pool.submit(die_twice, trace).result(20s), 3);
  EXPECT_EQ(error_of<weft::terminated_worker>(pool.submit(&zoo::kill_self)).signal(), SIGKILL);
  EXPECT_EQ(pool.submit(&zoo::twice, 1).result(20s), 2);
  ::unlink(trace.c_str());
}

TEST_F(CrashingWorkers, BRK_4_ExitIsNoSuccess) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  EXPECT_THAT(error_of<weft::terminated_worker>(pool.submit(&zoo::exit_with, 0)).what(), HasSubstr("EXIT(0)"));
  EXPECT_THAT(error_of<weft::terminated_worker>(pool.submit(&zoo::exit_with, 3)).what(), HasSubstr("EXIT(3)"));
}

TEST_F(CrashingWorkers, BRK_5_AnArgumentThatCannotBeEncodedLeavesThePoolUnchanged) {
  weft::process_pool_executor pool{{.max_workers = 2}};
  const auto take = [](const unwilling& u) { return u.value; };
  for (int i = 0; i < 100; ++i) EXPECT_THROW(static_cast<void>(pool.submit(take, unwilling{})), std::runtime_error);
  std::vector<weft::future<int>> futures;
  for (int i = 0; i < 100; ++i) futures.push_back(pool.submit(&zoo::twice, i));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(futures[static_cast<std::size_t>(i)].result(20s), 2 * i);
}

TEST_F(CrashingWorkers, BRK_6_BRK_7_WhatCannotBeDecodedFailsItsFutureOnly) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  auto argument = pool.submit([](const stubborn& s) { return s.value; }, stubborn{1});
  EXPECT_THAT(error_of<weft::transfer_error>(argument).what(),
              HasSubstr("argument 1 could not be decoded in the worker: no such value"));
  auto result = pool.submit([] { return stubborn{2}; });
  EXPECT_THAT(error_of<weft::transfer_error>(result).what(), HasSubstr("result could not be decoded: no such value"));
  auto unwritten = pool.submit([] { return unwilling{}; });
  EXPECT_THAT(error_of<weft::transfer_error>(unwritten).what(),
              HasSubstr("result could not be encoded in the worker: cannot be written"));
  EXPECT_EQ(pool.submit(&zoo::twice, 5).result(20s), 10);
}

TEST_F(CrashingWorkers, BRK_8_ShutdownReturnsAndTheFutureIsBroken) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  const std::string gate = processes::fresh_path("gate");
  auto f = pool.submit(
      [](const std::string& path) {
        zoo::wait_for_file(path, 0);
        zoo::segfault();
      },
      gate);
  ASSERT_TRUE(processes::eventually([&] { return f.running(); }));
  zoo::touch(gate);
  pool.shutdown();
  EXPECT_EQ(error_of<weft::terminated_worker>(f).signal(), SIGSEGV);
  ::unlink(gate.c_str());
}

TEST_F(CrashingWorkers, BRK_9_HundredsOfSubmitsAtOnceDoNotBlock) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  std::vector<weft::future<int>> futures;
  for (int i = 0; i < 2000; ++i) futures.push_back(pool.submit(&zoo::twice, i));
  for (int i = 0; i < 2000; ++i) EXPECT_EQ(futures[static_cast<std::size_t>(i)].result(20s), 2 * i);
}

TEST_F(CrashingWorkers, BRK_11_DyingInTheMiddleOfAMessageLosesOneTask) {
  weft::process_pool_executor pool{{.max_workers = 2}};
  auto f = pool.submit([] {
    // Half a header on the worker's channel.
    static_cast<void>(::send(3, "tfewg", 5, MSG_NOSIGNAL));
    zoo::kill_self();
  });
  EXPECT_EQ(error_of<weft::terminated_worker>(f).signal(), SIGKILL);
  EXPECT_EQ(pool.submit(&zoo::twice, 5).result(20s), 10);
}

TEST_F(CrashingWorkers, ThatWriteGarbageAreKilledAndNamed) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  auto f = pool.submit([] {
    const std::string garbage(1000, '?');
    static_cast<void>(::send(3, garbage.data(), garbage.size(), MSG_NOSIGNAL));
    zoo::hang();
  });
  EXPECT_THAT(error_of<weft::terminated_worker>(f).what(), HasSubstr("broke the protocol"));
  auto closing = pool.submit([] {
    ::close_range(3, ~0U, 0);
    zoo::hang();
  });
  EXPECT_EQ(error_of<weft::terminated_worker>(closing).signal(), SIGKILL);
  EXPECT_EQ(pool.submit(&zoo::twice, 5).result(20s), 10);
}

TEST_F(CrashingWorkers, BRK_12_AManagerThatFailsFailsEveryFuture) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  auto hanging = pool.submit(&zoo::hang);
  ASSERT_TRUE(processes::eventually([&] { return hanging.running(); }));
  auto queued = pool.submit(&zoo::twice, 1);
  weft::detail::set_fault_hook([](const char* place) {
    if (std::string(place) == "manager.event") throw std::runtime_error("injected");
  });
  pool.shutdown(weft::wait_for::nothing);
  EXPECT_THAT(error_of<weft::broken_process_pool>(hanging).what(), HasSubstr("injected"));
  EXPECT_THAT(error_of<weft::broken_process_pool>(queued).what(), HasSubstr("injected"));
  weft::detail::set_fault_hook(nullptr);
  EXPECT_THROW(static_cast<void>(pool.submit(&zoo::twice, 1)), weft::broken_process_pool);
}

TEST_F(CrashingWorkers, PPX_10_ATaskOverItsTimeLimitIsKilledWithWhatItStarted) {
  weft::process_pool_executor pool{{.max_workers = 2}};
  auto bystander = pool.submit(&zoo::sleep_for, 300);
  const auto begin = std::chrono::steady_clock::now();
  auto f = pool.submit({.time_limit = 100ms, .name = "slow"}, &zoo::fork_and_hang);
  const auto error = error_of<weft::time_limit_exceeded>(f);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, 100ms);
  EXPECT_LT(took, 10s);
  EXPECT_EQ(error.signal(), SIGKILL);
  EXPECT_THAT(error.what(), HasSubstr("(slow) ran longer than its time limit of 100 ms"));
  EXPECT_FALSE(processes::alive(error.pid()));
  EXPECT_EQ(bystander.result(20s), 300);
  EXPECT_EQ(pool.submit({.time_limit = 20s}, &zoo::twice, 5).result(20s), 10);
  EXPECT_THROW(static_cast<void>(pool.submit({.time_limit = 0s}, &zoo::twice, 5)), weft::invalid_argument);
}

TEST_F(CrashingWorkers, INI_2_INI_4_AnInitializerThatThrowsBreaksThePoolWithItsMessage) {
  std::atomic<int> reported = 0;
  auto former = weft::set_error_hook([&](const weft::lost_error& lost) {
    reported += lost.source == weft::error_source::initializer &&
                weft::describe(lost.error).find("not today") != std::string::npos;
  });
  {
    weft::process_pool_executor pool{{.max_workers = 1, .initializer = {&zoo::failing, "not today"}}};
    auto f = pool.submit(&zoo::twice, 1);
    EXPECT_THAT(error_of<weft::broken_process_pool>(f).what(), HasSubstr("not today"));
    EXPECT_THROW(static_cast<void>(pool.submit(&zoo::twice, 1)), weft::broken_process_pool);
  }
  weft::set_error_hook(std::move(former));
  EXPECT_EQ(reported, 1);
}

TEST_F(CrashingWorkers, ACrashInTheInitializerBreaksThePool) {
  weft::process_pool_executor pool{{.max_workers = 2, .initializer = {&zoo::segfault}}};
  auto f = pool.submit(&zoo::twice, 1);
  EXPECT_THAT(error_of<weft::broken_process_pool>(f).what(), HasSubstr("in its initializer"));
}

TEST_F(CrashingWorkers, FRK_5_AThousandChildrenLeaveNoZombie) {
  weft::process_pool_executor pool{{.max_workers = 2, .max_tasks_per_child = 1}};
  std::vector<weft::future<int>> futures;
  for (int i = 0; i < 1000; ++i) futures.push_back(pool.submit(&zoo::twice, i));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(futures[static_cast<std::size_t>(i)].result(40s), 2 * i);
}

TEST_F(CrashingWorkers, FRK_6_AnUnrelatedProgramInheritsNoDescriptor) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  static_cast<void>(pool.submit(&zoo::twice, 1).result());
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename().string());
    const int flags = ::fcntl(fd, F_GETFD);
    if (fd > 2 && flags >= 0 && (flags & FD_CLOEXEC) == 0) {
      std::error_code gone;
      const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
      EXPECT_EQ(target.find("socket:") + target.find("anon_inode:"), 2 * std::string::npos) << fd << " " << target;
    }
  }
  // And a worker has what it needs: the standard ones and its channel.
  const auto count = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<int>(std::distance(begin(all), end(all)));
  };
  EXPECT_EQ(pool.submit(count).result(), 5);  // with the directory being read
}

TEST_F(CrashingWorkers, FRK_4_WithoutDescriptorsTheErrorIsClearAndThePoolWorksOn) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP()
      << "fails under ASan with UBSan when descriptors run out, perhaps because UBSan looks at memory through a pipe";
#endif
  weft::process_pool_executor pool{{.max_workers = 1}};
  ::rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const ::rlimit tight{.rlim_cur = 64, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  std::vector<int> taken;
  for (int fd = 0; (fd = ::fcntl(0, F_DUPFD_CLOEXEC, 0)) >= 0;) taken.push_back(fd);
  auto f = pool.submit(&zoo::twice, 1);
  const bool ended = f.wait(20s);
  for (const int fd : taken) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_TRUE(ended);
  EXPECT_THAT(error_of<weft::broken_process_pool>(f).what(), HasSubstr("Too many open files"));
  EXPECT_EQ(pool.submit(&zoo::twice, 2).result(20s), 4);
}

TEST_F(CrashingWorkers, AForkServerThatIsKilledIsReplaced) {
  weft::process_pool_executor pool{{.max_workers = 1}};
  auto hanging = pool.submit(&zoo::hang);
  ASSERT_TRUE(processes::eventually([&] { return hanging.running(); }));
  const ::pid_t server = weft::detail::fork_server_pid();
  ::kill(server, SIGKILL);
  EXPECT_TRUE(error_of<weft::terminated_worker>(hanging).exit().unknown);
  EXPECT_EQ(pool.submit(&zoo::twice, 3).result(20s), 6);
  EXPECT_NE(weft::detail::fork_server_pid(), server);
}

}  // namespace
