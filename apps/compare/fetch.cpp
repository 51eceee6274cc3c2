#include "compare/fetch.hpp"

#include <curl/curl.h>

#include <memory>
#include <stdexcept>

namespace weft::compare {
namespace {

std::size_t count_bytes(char*, std::size_t size, std::size_t items, void* total) {
  *static_cast<std::uint64_t*>(total) += size * items;
  return size * items;
}

void initialise_curl() {
  static const ::CURLcode done = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK) throw std::runtime_error(std::string("curl_global_init: ") + ::curl_easy_strerror(done));
}

}  // namespace

std::uint64_t fetch_page(const std::string& url) {
  initialise_curl();
  const std::unique_ptr<::CURL, void (*)(::CURL*)> handle(::curl_easy_init(), ::curl_easy_cleanup);
  if (!handle) throw std::runtime_error("curl_easy_init failed");
  std::uint64_t bytes = 0;
  ::curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
  ::curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, 60'000L);
  ::curl_easy_setopt(handle.get(), CURLOPT_FAILONERROR, 1L);
  ::curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &count_bytes);
  ::curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &bytes);
  if (const ::CURLcode outcome = ::curl_easy_perform(handle.get()); outcome != CURLE_OK) {
    throw std::runtime_error("cannot fetch " + url + ": " + ::curl_easy_strerror(outcome));
  }
  return bytes;
}

}  // namespace weft::compare
