// Finds the answer to a request: pages, robots.txt, and the faults that README.md lists.
//
// Thread safety: owned by the server's thread; it counts the tries of faults that go away.
#pragma once

#include "site/answer.hpp"
#include "site/pages.hpp"
#include "site/target.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weft::apps::site {

struct request {
  std::size_t host = 0;
  std::string_view method = "GET";
  std::string_view target;
  bool keep_alive = true;
};

class responder {
 public:
  responder(const options& chosen, const pages& content);

  /// **Errors**: none; a request that makes no sense has an answer that says so.
  answer respond(const request& asked);
  /// The answer to bytes that are no request; the connection closes after it.
  static answer refuse(int status, std::string_view why);

 private:
  answer route(const request& asked, const target& where);
  answer page(const request& asked, std::uint64_t number);
  answer fault(const request& asked, const target& where, std::string_view kind);
  answer passing_fault(const request& asked, const target& where, int status);
  answer redirect(const request& asked, const target& where);
  answer sized(const request& asked, const target& where, std::uint64_t size) const;
  /// What the rates say about this request for the page: nothing, or the name of a fault.
  std::string_view drawn_fault(std::uint64_t number);
  bool fails_again(const request& asked, std::uint64_t times);

  const pages& pages_;
  const std::chrono::nanoseconds delay_;
  const fault_rates rates_;
  const bool faulty_;
  const std::uint64_t seed_;
  std::vector<std::uint32_t> asked_before_;                // of each page; empty without fault rates
  std::unordered_map<std::string, std::uint64_t> failed_;  // by host and target: how often in a row
};

}  // namespace weft::apps::site
