// Tasks for the process tests: well-behaved and bad ones. Defined in zoo.cpp, so that they are plain functions of the
// program.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace zoo {

/// A trap of the test's own that no sanitizer turns into an exit.
[[noreturn]] void die_of(int signal);

int add(int a, int b);
int twice(int n);
::pid_t process_id();
int add_or_crash(int n, int bad);
void segfault();
void exit_with(int code);
void kill_self();
void hang();
void ignore_sigterm_and_hang();
void fork_and_hang();
int sleep_for(int milliseconds);
std::string echo(const std::string& text);
std::string failing(const std::string& text);

/// Waits until a file exists, or for ever.
int wait_for_file(const std::string& path, int value);
void touch(const std::string& path);
void echo_to_stdout(const std::string& text);

}  // namespace zoo
