#include "site/site.hpp"

#include "site/addresses.hpp"
#include "site/connection.hpp"
#include "site/pages.hpp"
#include "site/responder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fcntl.h>
#include <csignal>
#include <deque>
#include <system_error>
#include <thread>

namespace weft::apps::site {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr int tries_for_a_common_port = 64;
constexpr auto pause_after_failed_accept = std::chrono::milliseconds(20);

// Programs that this process starts must not keep the site's sockets open.
void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

// Listens on the address; 0 lets the system choose the port.
error_code listen(tcp::acceptor& acceptor, const std::string& address, std::uint16_t port) {
  error_code problem;
  const tcp::endpoint where(asio::ip::make_address_v4(address), port);
  acceptor.open(tcp::v4(), problem);
  if (!problem) close_on_exec(acceptor.native_handle());
  if (!problem) acceptor.set_option(asio::socket_base::reuse_address(true), problem);
  if (!problem) acceptor.bind(where, problem);
  if (!problem) acceptor.listen(asio::socket_base::max_listen_connections, problem);
  return problem;
}

[[noreturn]] void cannot_listen(const error_code& problem, const std::string& address, std::uint16_t port) {
  throw std::system_error(problem.value(), std::system_category(),
                          "cannot listen on " + address + ":" + std::to_string(port));
}

// On one port for all: port, or one that the system finds free on the first address and that is free on the others.
std::vector<tcp::acceptor> listen_on_all(asio::io_context& io, const std::vector<std::string>& addresses,
                                         std::uint16_t port) {
  for (int tries = 1;; ++tries) {
    std::vector<tcp::acceptor> acceptors;
    std::uint16_t common = port;
    error_code problem;
    for (const std::string& address : addresses) {
      problem = listen(acceptors.emplace_back(io), address, common);
      if (problem == asio::error::address_in_use && port == 0 && tries < tries_for_a_common_port) break;
      if (problem) cannot_listen(problem, address, common);
      common = acceptors.front().local_endpoint().port();
    }
    if (!problem) return acceptors;
  }
}

}  // namespace

class server::implementation {
 public:
  explicit implementation(const options& chosen)
      : chosen_((check(chosen), chosen)),
        addresses_(loopback_addresses(chosen.first_address, chosen.hosts)),
        seen_(chosen.hosts, chosen.kept_arrivals),
        io_(std::make_unique<asio::io_context>(1)),
        acceptors_(listen_on_all(*io_, addresses_, chosen.port)),
        port_(acceptors_.front().local_endpoint().port()),
        content_(chosen_, addresses_, port_),
        answers_(chosen_, content_) {
    for (std::size_t host = 0; host < addresses_.size(); ++host) {
      retries_.emplace_back(*io_);
      accept(host);
    }
    start_thread();
  }
  implementation(const implementation&) = delete;
  implementation& operator=(const implementation&) = delete;
  ~implementation() { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    io_->stop();
    thread_.join();
    acceptors_.clear();
    retries_.clear();
    io_.reset();  // with the handlers that still wait go their connections, which report to seen_
  }

 private:
  friend server;

  void start_thread();
  void accept(std::size_t host);
  void on_accept(std::size_t host, const error_code& problem, tcp::socket client);

  // Constant after construction.
  const options chosen_;
  const std::vector<std::string> addresses_;
  recorder seen_;
  // Owned by the server's thread while it runs.
  std::unique_ptr<asio::io_context> io_;
  std::vector<tcp::acceptor> acceptors_;
  std::deque<asio::steady_timer> retries_;  // one a host, for when accepting fails
  // Constant after construction.
  const std::uint16_t port_;
  const pages content_;
  responder answers_;  // owned by the server's thread
  std::thread thread_;
};

void server::implementation::start_thread() {
  ::sigset_t all{};
  ::sigset_t before{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { io_->run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void server::implementation::accept(std::size_t host) {
  acceptors_[host].async_accept(
      [this, host](const error_code& problem, tcp::socket client) { on_accept(host, problem, std::move(client)); });
}

void server::implementation::on_accept(std::size_t host, const error_code& problem, tcp::socket client) {
  if (!problem) {
    error_code ignored;
    close_on_exec(client.native_handle());
    client.set_option(tcp::no_delay(true), ignored);
    const bool room = seen_.open_connections() < chosen_.max_connections;
    if (room) serve(std::move(client), {answers_, seen_, host, chosen_.idle_timeout});
    return accept(host);
  }
  if (problem == asio::error::connection_aborted) return accept(host);
  // Out of descriptors or memory: others may give some back.
  retries_[host].expires_after(pause_after_failed_accept);
  retries_[host].async_wait([this, host](const error_code&) { accept(host); });
}

server::server(const options& chosen) : implementation_(std::make_unique<implementation>(chosen)) {}
server::~server() = default;

void server::stop() { implementation_->stop(); }

std::uint16_t server::port() const noexcept { return implementation_->port_; }

const std::vector<std::string>& server::addresses() const noexcept { return implementation_->addresses_; }

std::vector<std::string> server::roots() const {
  std::vector<std::string> all;
  for (std::size_t host = 0; host < addresses().size(); ++host) all.push_back(url(host, "/"));
  return all;
}

std::vector<std::string> server::urls() const {
  const pages& content = implementation_->content_;
  std::vector<std::string> all;
  for (std::uint64_t page = 0; page < content.count(); ++page) all.push_back(content.url(page));
  return all;
}

std::string server::url(std::size_t host, std::string_view path) const {
  return implementation_->content_.url(host, path);
}

std::string server::page_html(std::uint64_t page) const { return implementation_->content_.page_html(page); }

statistics server::of_host(std::size_t host) const { return implementation_->seen_.of_host(host); }

statistics server::of_site() const { return implementation_->seen_.of_site(); }

}  // namespace weft::apps::site
