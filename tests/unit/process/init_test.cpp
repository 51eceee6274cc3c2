#include "unit/process/pool_test.hpp"

#include <csignal>
#include <sstream>

namespace {

using testing::HasSubstr;

class ProcessInit : public pool_test {};

TEST_F(ProcessInit, AProgramWithoutItIsToldWhatToWrite) {
  processes::program scenario({"--scenario", "no_init"});
  const std::string text = scenario.rest();
  EXPECT_THAT(text, HasSubstr("weft::init(argc, argv);"));
  EXPECT_THAT(text, HasSubstr("first line of main"));
  EXPECT_EQ(scenario.wait(), 0);
}

TEST_F(ProcessInit, FRK_2_IsReexecutedWhereThreadsExistAlready) {
  processes::program scenario({"--scenario", "threads_first"});
  EXPECT_EQ(scenario.line(), "0 42 1");
  EXPECT_EQ(scenario.wait(), 0);
}

// ThreadSanitizer ends a child of a program with threads that starts a thread; the test is about just that.
#if defined(__SANITIZE_THREAD__)
#define WEFT_TEST_UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEFT_TEST_UNDER_TSAN 1
#endif
#endif

TEST_F(ProcessInit, FRK_1_AForkedChildMakesAPoolOfItsOwn) {
#ifdef WEFT_TEST_UNDER_TSAN
  GTEST_SKIP() << "ThreadSanitizer refuses threads in a forked child of a program with threads";
#endif
  processes::program scenario({"--scenario", "raw_fork"});
  EXPECT_EQ(scenario.line(), "7 11");
  EXPECT_EQ(scenario.wait(), 0);
}

TEST_F(ProcessInit, PPX_9_NothingOfOursOutlivesAKilledParent) {
  processes::program scenario({"--scenario", "killed_parent"});
  std::istringstream numbers(scenario.line());
  std::vector<::pid_t> ours;
  for (::pid_t pid = 0; numbers >> pid;) ours.push_back(pid);
  ASSERT_GE(ours.size(), 4U) << "fork server, two workers, a grandchild";
  for (const ::pid_t pid : ours) EXPECT_TRUE(processes::alive(pid));
  ::kill(scenario.pid(), SIGKILL);
  EXPECT_TRUE(processes::eventually(
      [&] {
        for (const ::pid_t pid : ours) {
          if (processes::alive(pid)) return false;
        }
        return true;
      },
      2s));
}

TEST_F(ProcessInit, FRK_3_AnApplicationThatReapsEveryChildIsNoHang) {
  processes::program scenario({"--scenario", "reaping_handler"});
  EXPECT_EQ(scenario.line(), "1 3");
  EXPECT_EQ(scenario.wait(), 0);
}

TEST_F(ProcessInit, AnEndedProgramLeavesNothing) {
  processes::program scenario({"--scenario", "static_pool"});
  EXPECT_EQ(scenario.line(), "ran");
  EXPECT_EQ(scenario.rest(), "") << "somebody held its standard output open";
}

}  // namespace
