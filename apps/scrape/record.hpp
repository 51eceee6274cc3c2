// What is known about one page after it was asked for, and its line in a JSONL file.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace weft::scrape {

/// **Thread safety**: a value.
struct page_record {
  std::string url;          ///< as it was given
  std::string final_url;    ///< after redirects; empty when no answer came
  int status = 0;           ///< of the last answer; 0 when none came
  std::uint64_t bytes = 0;  ///< of the body, after decompression
  std::string content_type;
  std::chrono::nanoseconds elapsed{};  ///< of the last attempt, waits not counted
  unsigned attempts = 0;               ///< requests made for it; 0 when it was never asked for (robots.txt)
  std::string title;                   ///< of an HTML page, white space collapsed
  std::vector<std::string> links;      ///< of an HTML page: absolute http(s), each once, in order
  std::string error;                   ///< empty: the page was fetched (status 200 to 299)

  bool ok() const noexcept { return error.empty(); }
};

/// The record as one line of JSON with a line feed, in the order url, final_url, status, bytes, content_type,
/// elapsed_ms, attempts, title, links, error. What is empty or 0 because there was none is null (final_url, status,
/// content_type, title, error). Bytes that are no UTF-8 become U+FFFD.
std::string to_jsonl(const page_record& record);

}  // namespace weft::scrape
