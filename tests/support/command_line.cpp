#include "support/command_line.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace weft::test {
namespace {

struct closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using file_handle = std::unique_ptr<std::FILE, closer>;

void to_start(std::FILE* file) {
  if (std::fseek(file, 0, SEEK_SET) != 0) throw std::system_error(errno, std::generic_category(), "fseek");
}

/// Files without names rather than pipes: nobody blocks on a full one.
file_handle make_file(const std::string& content = "") {
  file_handle file(std::tmpfile());
  if (!file) throw std::system_error(errno, std::generic_category(), "tmpfile");
  std::fwrite(content.data(), 1, content.size(), file.get());
  to_start(file.get());
  return file;
}

std::string content_of(std::FILE* file) {
  to_start(file);
  std::string content;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, file)) content.append(buffer, got);
  return content;
}

}  // namespace

command_outcome run_command(const std::vector<std::string>& arguments, const std::string& input) {
  const file_handle files[] = {make_file(input), make_file(), make_file()};
  ::posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd < 3; ++fd) ::posix_spawn_file_actions_adddup2(&actions, ::fileno(files[fd].get()), fd);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::pid_t pid = -1;
  const int problem = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) throw std::system_error(problem, std::generic_category(), "posix_spawnp " + arguments.at(0));
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content_of(files[1].get()),
          content_of(files[2].get())};
}

}  // namespace weft::test
