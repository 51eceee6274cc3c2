#include "compare/measure.hpp"

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <system_error>

namespace weft::compare {
namespace {

struct closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using file_handle = std::unique_ptr<std::FILE, closer>;

/// Files without a name rather than pipes: the child never waits for us.
file_handle make_file(const std::string& content) {
  file_handle file(std::tmpfile());
  if (!file || std::fwrite(content.data(), 1, content.size(), file.get()) != content.size() ||
      std::fseek(file.get(), 0, SEEK_SET) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make a temporary file");
  }
  return file;
}

std::string content_of(std::FILE* file) {
  if (std::fseek(file, 0, SEEK_SET) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot read a temporary file");
  }
  std::string content;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, file)) content.append(buffer, got);
  return content;
}

::pid_t spawn(const std::vector<std::string>& command, int in, int out) {
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::pid_t pid = -1;
  const int problem = ::posix_spawnp(&pid, argv.front(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) throw std::system_error(problem, std::generic_category(), "cannot run '" + command.front() + "'");
  return pid;
}

double seconds(const ::timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

child_run run_measured(const std::vector<std::string>& command, const std::string& input) {
  const file_handle in = make_file(input);
  const file_handle out = make_file("");
  const auto start = std::chrono::steady_clock::now();
  const ::pid_t pid = spawn(command, ::fileno(in.get()), ::fileno(out.get()));
  int status = 0;
  ::rusage usage{};
  while (::wait4(pid, &status, 0, &usage) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "wait4");
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = content_of(out.get()),
          .wall_s = wall.count(),
          .cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime),
          .peak_bytes = static_cast<double>(usage.ru_maxrss) * 1024};
}

}  // namespace weft::compare
