#include "process/fork_server.hpp"

#include "process/child.hpp"
#include "process/wire.hpp"
#include "process/zygote.hpp"

#include <weft/base/error.hpp>
#include <weft/process/init.hpp>
#include <weft/sync/mutex.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace weft {
namespace detail {
namespace {

constexpr std::string_view marker = "--weft-fork-server";

// ThreadSanitizer keeps a thread of its own, which it takes care of in forks.
#if defined(__SANITIZE_THREAD__)
constexpr std::ptrdiff_t threads_of_the_runtime = 1;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
constexpr std::ptrdiff_t threads_of_the_runtime = 1;
#else
constexpr std::ptrdiff_t threads_of_the_runtime = 0;
#endif
#else
constexpr std::ptrdiff_t threads_of_the_runtime = 0;
#endif

bool has_one_thread() {
  std::error_code failed;
  const std::filesystem::directory_iterator tasks("/proc/self/task", failed);
  if (failed) return false;
  return std::distance(begin(tasks), end(tasks)) <= 1 + threads_of_the_runtime;
}

class fork_server {
 public:
  void initialise(int argc, char** argv) {
    if (!note_program(argc, argv)) return;
    if (has_one_thread()) start_by_fork();
    static_cast<void>(std::atexit([] { instance().end(); }));
  }

  /// What a later start needs; false if it is known already.
  bool note_program(int argc, char** argv) {
    const scoped_lock held(lock_);
    if (initialised_ && owner_ == ::getpid()) return false;
    if (argc > 0 && argv != nullptr && argv[0] != nullptr) program_name_ = argv[0];
    initialised_ = true;
    owner_ = ::getpid();
    return true;
  }

  bool initialised() {
    const scoped_lock held(lock_);
    return initialised_;
  }

  descriptor request() {
    const scoped_lock held(lock_);
    if (ended_ && owner_ == ::getpid()) throw invalid_state("the program is ending: no worker process is started any more");
    // After a raw fork the parent's fork server is not ours to use.
    if (owner_ != ::getpid()) adopt_nothing();
    auto [ours, theirs] = socket_pair(SOCK_SEQPACKET);
    const std::array passed{theirs.get()};
    const start_request request;
    for (int attempt = 0; attempt < 2; ++attempt) {
      if (pid_ == 0) start_by_exec();
      if (send_message(control_.get(), bytes_of(request), passed, MSG_DONTWAIT) > 0) return std::move(ours);
      if (errno != EPIPE && errno != ECONNRESET) throw_errno("sendmsg to the fork server");
      reap(SIGKILL);
    }
    throw std::system_error(EPIPE, std::system_category(), "the fork server died twice");
  }

  ::pid_t pid() {
    const scoped_lock held(lock_);
    return owner_ == ::getpid() ? pid_ : 0;
  }

  static fork_server& instance() {
    static auto& server = *new fork_server;  // leaked: pools may outlive static destruction
    return server;
  }

 private:
  /// Called without the lock, for the child keeps a copy of it: this is the only thread.
  void start_by_fork() {
    auto [ours, theirs] = socket_pair(SOCK_SEQPACKET);
    const ::pid_t child = ::fork();
    if (child < 0) throw_errno("fork");
    if (child == 0) run_zygote(theirs.get());
    const scoped_lock held(lock_);
    adopt(child, std::move(ours));
  }

  /// For a program with threads: what is copied by fork() would not be whole.
  void start_by_exec() WEFT_REQUIRES(lock_) {
    auto [ours, theirs] = socket_pair(SOCK_SEQPACKET);
    ::posix_spawn_file_actions_t actions;
    ::posix_spawnattr_t attributes;
    ::sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), child_socket);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, child_socket + 1);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    std::string mark(marker);
    std::array<char*, 3> arguments{program_name_.data(), mark.data(), nullptr};
    ::pid_t child = 0;
    const int error = ::posix_spawn(&child, "/proc/self/exe", &actions, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) throw std::system_error(error, std::system_category(), "posix_spawn of the fork server");
    adopt(child, std::move(ours));
  }

  void adopt(::pid_t child, descriptor control) WEFT_REQUIRES(lock_) {
    pid_ = child;
    control_ = std::move(control);
    // By number it could be somebody else after an application's handler has reaped it.
    pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  }

  void adopt_nothing() WEFT_REQUIRES(lock_) {
    owner_ = ::getpid();
    ended_ = false;
    pid_ = 0;
    control_.reset();
    pidfd_.reset();
  }

  /// Waits for the fork server, which has been told to leave, or kills it first.
  void reap(int signal) WEFT_REQUIRES(lock_) {
    control_.reset();
    if (pidfd_ && signal != 0) ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0);
    if (pidfd_) {
      ::siginfo_t ignored{};
      while (::waitid(P_PIDFD, static_cast<::id_t>(pidfd_.get()), &ignored, WEXITED) != 0 && errno == EINTR) {
      }
    }
    pidfd_.reset();
    pid_ = 0;
  }

  void end() {
    const scoped_lock held(lock_);
    if (owner_ != ::getpid()) return;
    ended_ = true;
    if (pid_ != 0) reap(0);
  }

  mutex lock_;
  bool initialised_ WEFT_GUARDED_BY(lock_) = false;
  bool ended_ WEFT_GUARDED_BY(lock_) = false;
  std::string program_name_ WEFT_GUARDED_BY(lock_) = "weft";
  // The process that the rest belongs to; another one after a raw fork.
  ::pid_t owner_ WEFT_GUARDED_BY(lock_) = 0;
  ::pid_t pid_ WEFT_GUARDED_BY(lock_) = 0;
  descriptor pidfd_ WEFT_GUARDED_BY(lock_);
  descriptor control_ WEFT_GUARDED_BY(lock_);
};

/// This process was re-executed as a fork server.
[[noreturn]] void serve_reexecuted(int argc, char** argv) {
  int type = 0;
  ::socklen_t size = sizeof type;
  if (::getsockopt(child_socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    std::fprintf(stderr, "%.*s is for weft's own use\n", static_cast<int>(marker.size()), marker.data());
    ::_exit(2);
  }
  static_cast<void>(fork_server::instance().note_program(argc, argv));  // workers may make pools of their own
  run_zygote(child_socket);
}

}  // namespace

void require_init(const char* who) {
  if (fork_server::instance().initialised()) return;
  throw invalid_state(std::string(who) +
                      " needs weft::init. Write, as the first line of main:\n"
                      "    #include <weft/process/init.hpp>\n"
                      "    int main(int argc, char** argv) {\n"
                      "      weft::init(argc, argv);");
}

descriptor request_worker() { return fork_server::instance().request(); }

::pid_t fork_server_pid() noexcept { return fork_server::instance().pid(); }

}  // namespace detail

void init(int argc, char** argv) {
  if (argc > 1 && argv != nullptr && argv[1] != nullptr && argv[1] == detail::marker) detail::serve_reexecuted(argc, argv);
  detail::fork_server::instance().initialise(argc, argv);
}

}  // namespace weft
