// One request inside libcurl: an easy handle, what it writes into, and how its end is read.
#pragma once

#include "scrape/fetch.hpp"

#include <curl/curl.h>
#include <memory>
#include <string>

namespace weft::scrape {

/// Used again for one request after the other. **Thread safety**: the fetcher's thread.
class transfer {
 public:
  transfer();
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  CURL* handle() const noexcept { return handle_.get(); }
  static transfer& of(CURL* handle);

  /// Makes the handle ready for `request`. `no_proxy`: the hosts that no proxy is used for.
  void begin(fetch_request request, const std::string& user_agent, const std::string& no_proxy);
  /// Reads off what came of it; the handle is no longer in the multi handle.
  fetch_result end(CURLcode code);

 private:
  static std::size_t on_body(char* data, std::size_t one, std::size_t size, void* self) noexcept;
  std::string error_text(CURLcode code, fetch_failure failure) const;

  std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> handle_;
  fetch_request request_;
  std::string body_;
  bool over_ = false;  // the body reached its limit
  char message_[CURL_ERROR_SIZE];
};

}  // namespace weft::scrape
