#include "scrape/page.hpp"

#include "common/json_text.hpp"
#include "scrape/address.hpp"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <strings.h>
#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_set>

namespace weft::scrape {
namespace {

constexpr std::size_t longest_title = 4096;

std::string_view view(const xmlChar* text) { return text == nullptr ? "" : reinterpret_cast<const char*>(text); }

bool same_name(const xmlChar* name, const char* other) { return ::strcasecmp(view(name).data(), other) == 0; }

std::optional<std::string> attribute(const xmlChar** attributes, const char* name) {
  for (; attributes != nullptr && attributes[0] != nullptr; attributes += 2) {
    if (same_name(attributes[0], name)) return std::string(view(attributes[1]));
  }
  return {};
}

/// What the parser's callbacks fill. They are called by C: nothing may be thrown through them.
struct reader {
  std::string base;
  bool base_seen = false;
  bool in_title = false;
  bool title_done = false;
  bool out_of_memory = false;
  std::string title;
  std::vector<std::string> hrefs;

  void start(const xmlChar* name, const xmlChar** attributes) {
    if (same_name(name, "a")) {
      if (auto href = attribute(attributes, "href")) hrefs.push_back(std::move(*href));
    } else if (same_name(name, "base") && !base_seen) {
      if (auto href = attribute(attributes, "href")) {
        base_seen = true;
        if (auto absolute = link_resolver(base).resolve(std::move(*href))) base = std::move(*absolute);
      }
    } else if (same_name(name, "title")) {
      in_title = !title_done;
    }
  }

  void end(const xmlChar* name) {
    if (in_title && same_name(name, "title")) {
      in_title = false;
      title_done = true;
    }
  }

  void characters(std::string_view text) {
    if (in_title && title.size() < longest_title) title.append(text.substr(0, longest_title));
  }
};

template <class F>
void guarded(void* context, F f) noexcept {
  auto& self = *static_cast<reader*>(context);
  try {
    f(self);
  } catch (...) {
    self.out_of_memory = true;
  }
}

void on_start(void* context, const xmlChar* name, const xmlChar** attributes) {
  guarded(context, [&](reader& self) { self.start(name, attributes); });
}
void on_end(void* context, const xmlChar* name) {
  guarded(context, [&](reader& self) { self.end(name); });
}
void on_characters(void* context, const xmlChar* text, int length) {
  guarded(context, [&](reader& self) {
    self.characters({reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
  });
}

std::string collapsed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

/// The charset that a Content-Type names; empty if none.
std::string charset_of(std::string_view content_type) {
  static constexpr std::string_view key = "charset=";
  const auto at = std::ranges::search(content_type, key, {},
                                      [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (at.empty()) return {};
  auto rest = content_type.substr(static_cast<std::size_t>(at.end() - content_type.begin()));
  if (rest.starts_with('"')) rest.remove_prefix(1);
  return std::string(rest.substr(0, rest.find_first_of("\"; \t")));
}

void read(reader& self, std::string_view html, std::string_view content_type) {
  static const bool ready = (::xmlInitParser(), true);
  static_cast<void>(ready);
  htmlSAXHandler handler{};
  handler.startElement = on_start;
  handler.endElement = on_end;
  handler.characters = on_characters;
  handler.cdataBlock = on_characters;
  const std::unique_ptr<htmlParserCtxt, decltype(&::htmlFreeParserCtxt)> parser(
      ::htmlCreatePushParserCtxt(&handler, &self, nullptr, 0, nullptr, XML_CHAR_ENCODING_NONE), &::htmlFreeParserCtxt);
  if (!parser) throw std::bad_alloc();
  ::htmlCtxtUseOptions(parser.get(), HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
  const auto charset = apps::is_utf8(html) ? std::string("UTF-8") : charset_of(content_type);
  if (auto* converter = charset.empty() ? nullptr : ::xmlFindCharEncodingHandler(charset.c_str());
      converter != nullptr) {
    ::xmlSwitchToEncoding(parser.get(), converter);
  }
  constexpr auto most = std::size_t{1} << 20;
  while (!html.empty()) {
    const auto piece = html.substr(0, most);
    ::htmlParseChunk(parser.get(), piece.data(), static_cast<int>(piece.size()), 0);
    html.remove_prefix(piece.size());
  }
  ::htmlParseChunk(parser.get(), nullptr, 0, 1);
  if (self.out_of_memory) throw std::bad_alloc();
}

}  // namespace

bool is_html(std::string_view content_type) {
  const auto type = content_type.substr(0, content_type.find_first_of("; \t"));
  const auto is = [&](std::string_view other) {
    return type.size() == other.size() && ::strncasecmp(type.data(), other.data(), other.size()) == 0;
  };
  return type.empty() || is("text/html") || is("application/xhtml+xml");
}

page_facts parse_page(std::string_view html, const std::string& url, std::string_view content_type) {
  reader self{.base = url};
  read(self, html, content_type);
  page_facts facts{.title = collapsed(self.title), .links = {}};
  const link_resolver resolver(self.base);
  std::unordered_set<std::string> seen;
  for (auto& href : self.hrefs) {
    if (auto link = resolver.resolve(std::move(href)); link && seen.insert(*link).second)
      facts.links.push_back(std::move(*link));
  }
  return facts;
}

}  // namespace weft::scrape
