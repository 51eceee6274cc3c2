// What is read out of an HTML page: its title and where it links to. A stream of tags, no tree is built.
// Source: libxml2's HTML SAX interface.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::scrape {

struct page_facts {
  std::string title;               ///< of the first <title>, white space collapsed, UTF-8
  std::vector<std::string> links;  ///< of <a href>: absolute http(s), without fragment, each once, in order
};

/// Whether a body of this Content-Type is worth parsing (no type at all counts as HTML).
bool is_html(std::string_view content_type);

/// Reads a page; anything is accepted, as browsers do. Links are resolved against the first <base href>, else against
/// `url`. A body that is UTF-8 is read as that; otherwise the charset of `content_type` counts, then the page's own.
/// **Thread safety**: a pure function. **Cost**: linear.
page_facts parse_page(std::string_view html, const std::string& url, std::string_view content_type = {});

}  // namespace weft::scrape
