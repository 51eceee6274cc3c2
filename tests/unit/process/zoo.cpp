#include "unit/process/zoo.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace zoo {

void die_of(int signal) {
  // Sanitizers take these signals; here the kernel's own ending is what is wanted.
  ::signal(signal, SIG_DFL);
  ::raise(signal);
  ::_exit(99);
}

int add(int a, int b) { return a + b; }
int twice(int n) { return 2 * n; }
::pid_t process_id() { return ::getpid(); }
int add_or_crash(int n, int bad) {
  if (n == bad) die_of(SIGSEGV);
  return n + 1;
}
void segfault() { die_of(SIGSEGV); }
void exit_with(int code) { std::exit(code); }
void kill_self() { die_of(SIGKILL); }
void hang() {
  while (true) ::pause();
}
void ignore_sigterm_and_hang() {
  ::signal(SIGTERM, SIG_IGN);
  hang();
}
void fork_and_hang() {
  if (::fork() >= 0) hang();
}
int sleep_for(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  return milliseconds;
}
std::string echo(const std::string& text) { return text; }
std::string failing(const std::string& text) { throw std::out_of_range(text); }

int wait_for_file(const std::string& path, int value) {
  while (::access(path.c_str(), F_OK) != 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return value;
}
void touch(const std::string& path) { ::close(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)); }
void echo_to_stdout(const std::string& text) { std::puts(text.c_str()); }

}  // namespace zoo
