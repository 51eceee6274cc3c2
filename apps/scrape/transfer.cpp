#include "scrape/transfer.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <new>
#include <stdexcept>

namespace weft::scrape {
namespace {

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  const auto code = ::curl_easy_setopt(handle, option, value);
  if (code != CURLE_OK)
    throw std::runtime_error(
        fmt::format("libcurl refuses option {}: {}", static_cast<int>(option), ::curl_easy_strerror(code)));
}

fetch_failure failure_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return fetch_failure::none;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return fetch_failure::malformed;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return fetch_failure::resolve;
    case CURLE_COULDNT_CONNECT:
      return fetch_failure::connect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      return fetch_failure::tls;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return fetch_failure::reset;
    case CURLE_PARTIAL_FILE:
      return fetch_failure::truncated;
    case CURLE_OPERATION_TIMEDOUT:
      return fetch_failure::timeout;
    case CURLE_FILESIZE_EXCEEDED:
      return fetch_failure::too_large;
    case CURLE_TOO_MANY_REDIRECTS:
      return fetch_failure::redirects;
    case CURLE_BAD_CONTENT_ENCODING:
      return fetch_failure::encoding;
    default:
      return fetch_failure::other;
  }
}

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

}  // namespace

transfer::transfer() : handle_(::curl_easy_init(), &::curl_easy_cleanup), message_{} {
  if (!handle_) throw std::bad_alloc();
}

transfer& transfer::of(CURL* handle) {
  char* self = nullptr;
  ::curl_easy_getinfo(handle, CURLINFO_PRIVATE, &self);
  return *reinterpret_cast<transfer*>(self);
}

void transfer::begin(fetch_request request, const std::string& user_agent, const std::string& no_proxy) {
  request_ = std::move(request);
  body_ = {};
  over_ = false;
  message_[0] = '\0';
  CURL* const curl = handle_.get();
  ::curl_easy_reset(curl);
  set(curl, CURLOPT_PRIVATE, static_cast<void*>(this));
  set(curl, CURLOPT_URL, request_.url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_FOLLOWLOCATION, 1L);
  set(curl, CURLOPT_MAXREDIRS, static_cast<long>(request_.max_redirects));
  set(curl, CURLOPT_ACCEPT_ENCODING, "");
  set(curl, CURLOPT_USERAGENT, user_agent.c_str());
  set(curl, CURLOPT_NOPROXY, no_proxy.c_str());
  // libcurl counts milliseconds, and 0 is "never" there.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(request_.timeout).count();
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(wait, 1)));
  set(curl, CURLOPT_ERRORBUFFER, static_cast<char*>(message_));
  set(curl, CURLOPT_WRITEFUNCTION, &transfer::on_body);
  set(curl, CURLOPT_WRITEDATA, static_cast<void*>(this));
}

std::size_t transfer::on_body(char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& to = *static_cast<transfer*>(self);
  try {
    const auto room = to.request_.max_body - to.body_.size();
    to.body_.append(data, static_cast<std::size_t>(std::min<std::uint64_t>(size, room)));
    to.over_ = size > room;
    return to.over_ ? 0 : size;  // 0 makes libcurl end the transfer
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

fetch_result transfer::end(CURLcode code) {
  fetch_result result{.id = request_.id, .failure = failure_of(code)};
  if (code == CURLE_WRITE_ERROR && over_) {
    result.failure = request_.cut_body ? fetch_failure::none : fetch_failure::too_large;
  }
  long status = 0;
  curl_off_t elapsed = 0;
  curl_off_t retry_after = 0;
  char* text = nullptr;
  CURL* const curl = handle_.get();
  if (::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK) result.status = static_cast<int>(status);
  if (::curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &elapsed) == CURLE_OK)
    result.elapsed = std::chrono::microseconds(elapsed);
  if (::curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after) == CURLE_OK && retry_after > 0) {
    result.retry_after = std::chrono::seconds(std::min<curl_off_t>(retry_after, 366LL * 86400));
  }
  if (::curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &text) == CURLE_OK) result.content_type = text_of(text);
  if (result.status > 0 && ::curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &text) == CURLE_OK)
    result.final_url = text_of(text);
  result.body = std::move(body_);
  if (result.failure != fetch_failure::none) result.error = error_text(code, result.failure);
  return result;
}

std::string transfer::error_text(CURLcode code, fetch_failure failure) const {
  switch (failure) {
    case fetch_failure::too_large:
      return fmt::format("the body is longer than {} bytes", request_.max_body);
    case fetch_failure::redirects:
      return fmt::format("more than {} redirects", request_.max_redirects);
    case fetch_failure::timeout:
      return fmt::format("no whole answer within {} s", std::chrono::duration<double>(request_.timeout).count());
    default:
      break;
  }
  const std::string_view detail = message_;
  return detail.empty() ? ::curl_easy_strerror(code) : std::string(detail.substr(0, detail.find('\n')));
}

}  // namespace weft::scrape
