#include "scrape/address.hpp"

#include <curl/urlapi.h>
#include <algorithm>
#include <string_view>

namespace weft::scrape {
namespace {

using url_handle = std::unique_ptr<CURLU, decltype(&::curl_url_cleanup)>;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (::curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  ::curl_free(text);
  return copy;
}

void to_lower(std::string& text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

/// Puts scheme and host in lower case and drops the fragment; false if it is no http(s) address.
bool canonise(CURLU* url) {
  auto scheme = part(url, CURLUPART_SCHEME);
  to_lower(scheme);
  auto host = part(url, CURLUPART_HOST);
  if ((scheme != "http" && scheme != "https") || host.empty()) return false;
  to_lower(host);
  // The default port is dropped, so that it is one address with and without.
  const auto port = part(url, CURLUPART_PORT);
  const bool usual = port == (scheme == "http" ? "80" : "443");
  return ::curl_url_set(url, CURLUPART_HOST, host.c_str(), 0) == CURLUE_OK &&
         ::curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0) == CURLUE_OK &&
         (!usual || ::curl_url_set(url, CURLUPART_PORT, nullptr, 0) == CURLUE_OK);
}

/// White space around is dropped, line feeds and tabs inside too, as browsers do.
void clean(std::string& text) {
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; });
  const auto space = [](char c) { return c > '\0' && c <= ' '; };
  text.erase(std::find_if_not(text.rbegin(), text.rend(), space).base(), text.end());
  text.erase(text.begin(), std::ranges::find_if_not(text, space));
}

/// "mailto" of "mailto:x": what stands before a colon that comes before any of / ? #.
bool is_other_scheme(std::string_view href) {
  const auto colon = href.find_first_of(":/?#");
  if (colon == std::string_view::npos || href[colon] != ':') return false;
  std::string scheme(href.substr(0, colon));
  to_lower(scheme);
  return scheme != "http" && scheme != "https";
}

}  // namespace

std::optional<address> address::parse(const std::string& text) {
  const url_handle url(::curl_url(), &::curl_url_cleanup);
  if (!url) throw std::bad_alloc();
  if (text.find('\0') != std::string::npos) return {};
  if (::curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_URLENCODE) != CURLUE_OK || !canonise(url.get()))
    return {};
  address result;
  result.text = part(url.get(), CURLUPART_URL);
  result.origin = part(url.get(), CURLUPART_SCHEME) + "://" + part(url.get(), CURLUPART_HOST) + ":" +
                  part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  result.target = part(url.get(), CURLUPART_PATH);
  if (const auto query = part(url.get(), CURLUPART_QUERY); !query.empty()) result.target += "?" + query;
  if (result.text.empty()) return {};
  return result;
}

link_resolver::link_resolver(const std::string& base) : base_(::curl_url()) {
  if (base_ == nullptr) throw std::bad_alloc();
  if (::curl_url_set(base_, CURLUPART_URL, base.c_str(), CURLU_URLENCODE) != CURLUE_OK) {
    ::curl_url_cleanup(base_);
    base_ = nullptr;
  }
}

link_resolver::~link_resolver() { ::curl_url_cleanup(base_); }

std::optional<std::string> link_resolver::resolve(std::string href) const {
  clean(href);
  if (is_other_scheme(href) || href.find('\0') != std::string::npos) return {};
  const url_handle url(base_ != nullptr ? ::curl_url_dup(base_) : ::curl_url(), &::curl_url_cleanup);
  if (!url) throw std::bad_alloc();
  if (!href.empty() && ::curl_url_set(url.get(), CURLUPART_URL, href.c_str(), CURLU_URLENCODE) != CURLUE_OK) return {};
  if (!canonise(url.get())) return {};
  auto text = part(url.get(), CURLUPART_URL);
  if (text.empty()) return {};
  return text;
}

}  // namespace weft::scrape
