#include "unit/process/scenarios.hpp"

#include "process/fork_server.hpp"
#include "unit/process/processes.hpp"
#include "unit/process/zoo.hpp"

#include <weft/process/process_pool_executor.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <thread>

namespace scenarios {
namespace {

int no_init() {
  try {
    weft::process_pool_executor pool;
  } catch (const weft::invalid_state& error) {
    std::printf("%s\n", error.what());
    return 0;
  }
  return 1;
}

/// Prints every process number of ours, then waits to be killed in the middle of work.
int killed_parent() {
  weft::process_pool_executor pool{{.max_workers = 2}};
  auto a = pool.submit(&zoo::process_id);
  auto b = pool.submit(&zoo::process_id);
  static_cast<void>(a.wait());
  static_cast<void>(b.wait());
  auto hanging = pool.submit(&zoo::hang);
  auto forking = pool.submit(&zoo::fork_and_hang);
  const ::pid_t server = weft::detail::fork_server_pid();
  while (true) {
    std::vector<::pid_t> grandchildren;
    const auto workers = processes::children_of(server);
    for (const ::pid_t worker : workers) {
      for (const ::pid_t child : processes::children_of(worker)) grandchildren.push_back(child);
    }
    if (grandchildren.empty()) continue;
    std::printf("%d", server);
    for (const ::pid_t pid : workers) std::printf(" %d", pid);
    for (const ::pid_t pid : grandchildren) std::printf(" %d", pid);
    std::printf("\n");
    std::fflush(stdout);
    ::pause();
  }
}

/// A pool made where threads existed before weft::init.
int threads_first() {
  const ::pid_t before = weft::detail::fork_server_pid();
  weft::process_pool_executor pool{{.max_workers = 2}};
  const int sum = pool.submit(&zoo::add, 20, 22).result();
  std::printf("%d %d %d\n", before, sum, weft::detail::fork_server_pid() > 0 ? 1 : 0);
  return 0;
}

/// A pool that outlives main.
int static_pool() {
  static weft::process_pool_executor pool{{.max_workers = 1}};
  pool.post(&zoo::echo_to_stdout, "ran");
  return 0;
}

int raw_fork() {
  weft::process_pool_executor pool{{.max_workers = 1}};
  static_cast<void>(pool.submit(&zoo::add, 1, 2).result());
  const ::pid_t child = ::fork();
  if (child == 0) {
    int sum = 0;
    {
      weft::process_pool_executor own{{.max_workers = 1}};
      sum = own.submit(&zoo::add, 3, 4).result();
    }
    ::_exit(sum);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::printf("%d %d\n", WEXITSTATUS(status), pool.submit(&zoo::add, 5, 6).result());
  return 0;
}

/// An application whose handler reaps every child it can, the fork server too.
int reaping_handler() {
  struct ::sigaction action{};
  action.sa_handler = [](int) {
    const int before = errno;
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    errno = before;
  };
  ::sigaction(SIGCHLD, &action, nullptr);
  {
    weft::process_pool_executor pool{{.max_workers = 1}};
    const auto crashed = pool.submit(&zoo::segfault).exception();
    ::kill(weft::detail::fork_server_pid(), SIGKILL);
    std::printf("%d %d\n", crashed != nullptr ? 1 : 0, pool.submit(&zoo::add, 1, 2).result());
  }
  return 0;
}

}  // namespace

int run_without_init(std::string_view name) { return name == "no_init" ? no_init() : -1; }

void prepare(std::string_view name) {
  if (name == "threads_first") {
    for (int i = 0; i < 31; ++i) std::thread([] { ::pause(); }).detach();
  }
}

int run(std::string_view name) {
  if (name == "killed_parent") return killed_parent();
  if (name == "threads_first") return threads_first();
  if (name == "static_pool") return static_pool();
  if (name == "raw_fork") return raw_fork();
  if (name == "reaping_handler") return reaping_handler();
  return 2;
}

}  // namespace scenarios
