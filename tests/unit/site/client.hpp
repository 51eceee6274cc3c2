// A web client on a raw socket: sends exactly what a test says and shows exactly what came.
#pragma once

#include "site/site.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace weft::test {

/// What came for one request. Without a head that can be read, status is 0.
struct received {
  int status = 0;
  std::string head;
  std::string body;
  bool whole = false;  ///< as many bytes of body as Content-Length promised

  std::string field(std::string_view name) const {
    const std::string start = "\r\n" + std::string(name) + ": ";
    const std::size_t at = head.find(start);
    if (at == std::string::npos) return {};
    const std::size_t from = at + start.size();
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

class client {
 public:
  client(const apps::site::server& site, std::size_t host) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    // Far above any wait of these tests: an answer that does not come fails the test, not the suite.
    const ::timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(site.port());
    ::inet_pton(AF_INET, site.addresses().at(host).c_str(), &where.sin_addr);
    if (::connect(fd_, reinterpret_cast<const ::sockaddr*>(&where), sizeof where) != 0) {
      throw std::system_error(errno, std::generic_category(), "connect");
    }
  }
  client(client&& other) noexcept : fd_(std::exchange(other.fd_, -1)), pending_(std::move(other.pending_)) {}
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client() {
    if (fd_ >= 0) ::close(fd_);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ::ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server closed, which is what some tests want to see
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void ask(std::string_view target, std::string_view method = "GET") {
    send(std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: site\r\n\r\n");
  }

  received receive(bool head_only = false) {
    received got;
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return got;
    }
    got.head = pending_.substr(0, end + 2);
    pending_.erase(0, end + 4);
    if (got.head.starts_with("HTTP/1.1 ")) std::from_chars(got.head.data() + 9, got.head.data() + 12, got.status);
    const std::string length = got.field("Content-Length");
    std::size_t promised = 0;
    std::from_chars(length.data(), length.data() + length.size(), promised);
    if (head_only) promised = 0;
    while (pending_.size() < promised && more()) {
    }
    got.whole = pending_.size() >= promised;
    got.body = pending_.substr(0, promised);
    pending_.erase(0, promised);
    return got;
  }

  received get(std::string_view target, std::string_view method = "GET") {
    ask(target, method);
    return receive(method == "HEAD");
  }

  /// Blocks until the server closes, and returns what it sent before.
  std::string receive_all() {
    while (more()) {
    }
    return std::exchange(pending_, {});
  }

  /// Whether the server has closed the connection by a reset.
  bool was_reset() const { return error_ == ECONNRESET; }
  bool ran_out_of_patience() const { return error_ == EAGAIN; }

  bool readable_within(std::chrono::milliseconds patience) const {
    ::pollfd wanted{fd_, POLLIN, 0};
    return !pending_.empty() || ::poll(&wanted, 1, static_cast<int>(patience.count())) > 0;
  }

  void close() { ::close(std::exchange(fd_, -1)); }

 private:
  bool more() {
    char bytes[65536];
    const ::ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got < 0) error_ = errno;
    if (got <= 0) return false;
    pending_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  int fd_ = -1;
  int error_ = 0;
  std::string pending_;
};

inline received get(const apps::site::server& site, std::string_view target, std::size_t host = 0) {
  return client(site, host).get(target);
}

/// Asks again and again until `holds()`: for counters that the server's thread moves after the client has its answer.
template <class Predicate>
bool eventually(Predicate holds) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace weft::test
