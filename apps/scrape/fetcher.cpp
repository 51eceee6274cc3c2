#include "scrape/fetcher.hpp"

#include "scrape/transfer.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <unordered_map>

namespace weft::scrape {
namespace {

/// A descriptor that closes itself.
class owned_fd {
 public:
  owned_fd(int fd, const char* call) : fd_(fd) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), call);
  }
  owned_fd(const owned_fd&) = delete;
  owned_fd& operator=(const owned_fd&) = delete;
  ~owned_fd() { ::close(fd_); }
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

void check(CURLMcode code, const char* call) {
  if (code != CURLM_OK) throw std::runtime_error(std::string(call) + ": " + ::curl_multi_strerror(code));
}

CURLM* make_multi() {
  static const CURLcode ready = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) throw std::runtime_error(std::string("curl_global_init: ") + ::curl_easy_strerror(ready));
  CURLM* const multi = ::curl_multi_init();
  if (multi == nullptr) throw std::bad_alloc();
  return multi;
}

/// What the environment says, and this machine: a proxy reaches another one under these names.
std::string hosts_without_proxy() {
  const char* given = std::getenv("no_proxy");            // NOLINT(concurrency-mt-unsafe): nothing here sets it
  if (given == nullptr) given = std::getenv("NO_PROXY");  // NOLINT(concurrency-mt-unsafe): as above
  std::string here = "localhost,127.0.0.0/8,::1";
  if (given == nullptr || *given == '\0') return here;
  return std::string_view(given) == "*" ? "*" : std::string(given) + "," + here;
}

}  // namespace

class fetcher::implementation {
 public:
  explicit implementation(fetcher_options options);
  ~implementation();

  void start(fetch_request request);
  std::vector<fetch_result> wait(const deadline& until);
  void wake() noexcept;
  std::size_t running() const noexcept { return running_.size(); }

 private:
  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) noexcept;
  static int on_timer(CURLM*, long milliseconds, void* self) noexcept;

  void poll(const deadline& until);
  std::vector<fetch_result> collect();

  const fetcher_options options_;
  const std::string no_proxy_ = hosts_without_proxy();
  const owned_fd epoll_{::epoll_create1(EPOLL_CLOEXEC), "epoll_create1"};
  const owned_fd wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"};
  bool ending_ = false;  // sockets are of no interest any more: the epoll goes with them
  const std::unique_ptr<CURLM, decltype(&::curl_multi_cleanup)> multi_{make_multi(), &::curl_multi_cleanup};

  // owned by the fetching thread
  deadline timer_;  // when libcurl wants to be called at the latest
  std::unordered_map<transfer*, std::unique_ptr<transfer>> running_;
  std::vector<std::unique_ptr<transfer>> idle_;
};

fetcher::implementation::implementation(fetcher_options options) : options_(std::move(options)) {
  ::epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
  CURLM* const multi = multi_.get();
  check(::curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &implementation::on_socket), "curl_multi_setopt");
  check(::curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this), "curl_multi_setopt");
  check(::curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &implementation::on_timer), "curl_multi_setopt");
  check(::curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this), "curl_multi_setopt");
  check(::curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.kept_connections)),
        "curl_multi_setopt");
}

fetcher::implementation::~implementation() {
  ending_ = true;
  for (auto& [key, under_way] : running_) ::curl_multi_remove_handle(multi_.get(), under_way->handle());
}

void fetcher::implementation::start(fetch_request request) {
  std::unique_ptr<transfer> next;
  if (idle_.empty()) {
    next = std::make_unique<transfer>();
  } else {
    next = std::move(idle_.back());
    idle_.pop_back();
  }
  next->begin(std::move(request), options_.user_agent, no_proxy_);
  auto* const key = next.get();
  running_.emplace(key, std::move(next));
  const auto code = ::curl_multi_add_handle(multi_.get(), key->handle());
  if (code != CURLM_OK) {
    running_.erase(key);
    check(code, "curl_multi_add_handle");
  }
}

std::vector<fetch_result> fetcher::implementation::wait(const deadline& until) {
  poll(earlier(until, timer_));
  if (timer_.expired()) {
    timer_ = deadline::never();
    int left = 0;
    check(::curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &left), "curl_multi_socket_action");
  }
  return collect();
}

void fetcher::implementation::poll(const deadline& until) {
  std::array<::epoll_event, 256> events;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until.remaining()).count();
  const int timeout = until.is_never() ? -1 : static_cast<int>(std::min<std::int64_t>(left, 3'600'000));
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
  if (count < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "epoll_wait");
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_.get()) {
      std::uint64_t wakes = 0;
      static_cast<void>(!::read(wake_.get(), &wakes, sizeof wakes));
      continue;
    }
    const int what = ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                     ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                     ((event.events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
    int left_running = 0;
    check(::curl_multi_socket_action(multi_.get(), event.data.fd, what, &left_running), "curl_multi_socket_action");
  }
}

std::vector<fetch_result> fetcher::implementation::collect() {
  std::vector<fetch_result> ended;
  int left = 0;
  while (const CURLMsg* const message = ::curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto code = message->data.result;  // the message is gone once the handle is removed
    auto& done = transfer::of(message->easy_handle);
    ::curl_multi_remove_handle(multi_.get(), done.handle());
    ended.push_back(done.end(code));
    auto node = running_.extract(&done);
    idle_.push_back(std::move(node.mapped()));
  }
  return ended;
}

void fetcher::implementation::wake() noexcept {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_.get(), &one, sizeof one));
}

int fetcher::implementation::on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) noexcept {
  auto& to = *static_cast<implementation*>(self);
  if (to.ending_) return 0;
  const int watched_by = to.epoll_.get();
  if (what == CURL_POLL_REMOVE) {
    // libcurl 7.88 may have closed the socket of a broken-off connect already; then there is nothing to remove, and
    // this fails without harm even if the number has been given out again, as only this thread adds to this epoll.
    ::epoll_ctl(watched_by, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  ::epoll_event event{};
  event.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
  event.data.fd = socket;
  // Both ways, because for the same reason what libcurl knows and what the kernel watches may differ.
  const bool first = known == nullptr;
  if (::epoll_ctl(watched_by, first ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event) != 0 &&
      ::epoll_ctl(watched_by, first ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0) {
    return -1;  // libcurl fails its transfers then, rather than wait for a socket that nobody watches
  }
  if (first) ::curl_multi_assign(to.multi_.get(), socket, self);
  return 0;
}

int fetcher::implementation::on_timer(CURLM*, long milliseconds, void* self) noexcept {
  auto& to = *static_cast<implementation*>(self);
  to.timer_ = milliseconds < 0 ? deadline::never() : deadline(std::chrono::milliseconds(milliseconds));
  return 0;
}

fetcher::fetcher(fetcher_options options) : implementation_(std::make_unique<implementation>(std::move(options))) {}
fetcher::~fetcher() = default;
void fetcher::start(fetch_request request) { implementation_->start(std::move(request)); }
std::vector<fetch_result> fetcher::wait(const deadline& until) { return implementation_->wait(until); }
void fetcher::wake() noexcept { implementation_->wake(); }
std::size_t fetcher::running() const noexcept { return implementation_->running(); }

}  // namespace weft::scrape
