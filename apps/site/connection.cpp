#include "site/connection.hpp"

#include "site/responder.hpp"
#include "site/statistics.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace weft::apps::site {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::uint32_t most_header_bytes = 16 * 1024;
constexpr std::uint64_t most_body_bytes = 64 * 1024;
constexpr std::size_t most_buffered_bytes = 128 * 1024;
constexpr auto goodbye_time = 2s;

class connection : public std::enable_shared_from_this<connection> {
 public:
  connection(asio::ip::tcp::socket client, const connection_context& context)
      : context_(context),
        socket_(std::move(client)),
        pause_(socket_.get_executor()),
        watchdog_(socket_.get_executor()) {
    context_.seen.opened(context_.host);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() {
    if (waiting_) context_.seen.abandoned(context_.host);
    context_.seen.closed(context_.host);
  }

  void start() {
    progress();
    guard();
    read();
  }

 private:
  void read();
  void on_read(const error_code& problem);
  void wait(clock::time_point arrival);
  void watch();
  void on_readable();
  void send();
  void send_filler();
  void send_piece();
  void on_sent(const error_code& problem, std::size_t bytes);
  void end();
  void discard();
  void close();
  void guard();
  void progress() { expiry_ = clock::now() + context_.idle_timeout; }
  void over();

  const connection_context context_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer pause_;     // the answer's delay and its drips
  asio::steady_timer watchdog_;  // wakes up at expiry_, which each step moves on
  clock::time_point expiry_;
  boost::beast::flat_buffer buffer_{most_buffered_bytes};
  std::optional<http::request_parser<http::string_body>> parser_;
  answer answer_;
  bool waiting_ = false;  // a request has arrived and has no complete answer
  bool delayed_ = false;  // its delay runs
};

void connection::read() {
  progress();
  parser_.emplace();
  parser_->header_limit(most_header_bytes);
  parser_->body_limit(most_body_bytes);
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](const error_code& problem, std::size_t) { self->on_read(problem); });
}

void connection::on_read(const error_code& problem) {
  const auto arrival = clock::now();
  if (!problem) {
    const auto& message = parser_->get();
    const auto method = message.method_string();
    const auto text = message.target();
    const request asked{.host = context_.host,
                        .method = {method.data(), method.size()},
                        .target = {text.data(), text.size()},
                        .keep_alive = message.keep_alive()};
    context_.seen.arrived(context_.host, arrival, asked.target == "/robots.txt");
    waiting_ = true;
    answer_ = context_.answers.respond(asked);
    return wait(arrival);
  }
  static const auto& parse_errors = http::make_error_code(http::error::end_of_stream).category();
  if (problem.category() != parse_errors || problem == http::error::end_of_stream ||
      problem == http::error::partial_message) {
    return close();
  }
  context_.seen.rejected(context_.host);
  const int status = problem == http::error::header_limit || problem == http::error::buffer_overflow ? 431
                     : problem == http::error::body_limit                                            ? 413
                                                                                                     : 400;
  answer_ = responder::refuse(status, "this is no request that can be served: " + problem.message());
  send();
}

void connection::wait(clock::time_point arrival) {
  if (answer_.delay <= 0ns) return send();
  delayed_ = true;
  expiry_ = arrival + answer_.delay + context_.idle_timeout;
  pause_.expires_at(arrival + answer_.delay);
  pause_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (cancelled || !self->delayed_) return;
    self->delayed_ = false;
    error_code ignored;
    self->socket_.cancel(ignored);  // ends watch()
    self->send();
  });
  watch();
}

void connection::watch() {
  socket_.async_wait(asio::socket_base::wait_read, [self = shared_from_this()](const error_code& problem) {
    if (!problem && self->delayed_) self->on_readable();
  });
}

// Either the client went (its answer is not owed any more) or it sends its next request early, which can stay in the
// socket until this one is answered.
void connection::on_readable() {
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return;
  close();
}

void connection::send() {
  progress();
  switch (answer_.then) {
    case ending::hang:
      expiry_ = clock::time_point::max();
      return discard();
    case ending::drop:
    case ending::reset:
      return end();
    case ending::keep_alive:
    case ending::close:
      break;
  }
  asio::async_write(
      socket_, asio::buffer(answer_.bytes),
      [self = shared_from_this()](const error_code& problem, std::size_t bytes) { self->on_sent(problem, bytes); });
}

void connection::on_sent(const error_code& problem, std::size_t bytes) {
  context_.seen.sent(context_.host, bytes);
  if (problem) return close();
  if (answer_.filler == 0) return end();
  if (answer_.interval == 0ms) return send_filler();
  expiry_ = clock::now() + answer_.interval + context_.idle_timeout;
  pause_.expires_after(answer_.interval);
  pause_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && self->socket_.is_open()) self->send_filler();
  });
}

void connection::send_filler() {
  static const std::string filler(64 * 1024, 'x');
  progress();
  const auto size = std::min({answer_.filler, answer_.piece, std::uint64_t{filler.size()}});
  answer_.filler -= size;
  asio::async_write(
      socket_, asio::buffer(filler.data(), static_cast<std::size_t>(size)),
      [self = shared_from_this()](const error_code& problem, std::size_t bytes) { self->on_sent(problem, bytes); });
}

void connection::end() {
  over();
  error_code ignored;
  switch (answer_.then) {
    case ending::keep_alive:
      return read();
    case ending::close:
      socket_.shutdown(asio::socket_base::shutdown_send, ignored);
      expiry_ = clock::now() + std::min<std::chrono::milliseconds>(goodbye_time, context_.idle_timeout);
      guard();
      return discard();
    case ending::reset:
      socket_.set_option(asio::socket_base::linger(true, 0), ignored);
      return close();
    case ending::drop:
    case ending::hang:
      return close();
  }
}

void connection::discard() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](const error_code& problem, std::size_t) {
    if (problem) return self->close();
    self->discard();
  });
}

void connection::close() {
  delayed_ = false;
  pause_.cancel();
  watchdog_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

// May be called again to wake up earlier: the wait before is cancelled.
void connection::guard() {
  watchdog_.expires_at(expiry_);
  watchdog_.async_wait([self = weak_from_this()](const error_code& cancelled) {
    const auto alive = self.lock();
    if (cancelled || !alive || !alive->socket_.is_open()) return;
    if (clock::now() >= alive->expiry_) return alive->close();
    alive->guard();
  });
}

void connection::over() {
  if (std::exchange(waiting_, false)) context_.seen.answered(context_.host);
}

}  // namespace

void serve(asio::ip::tcp::socket client, const connection_context& context) {
  std::make_shared<connection>(std::move(client), context)->start();
}

}  // namespace weft::apps::site
