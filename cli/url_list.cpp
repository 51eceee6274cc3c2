#include "url_list.hpp"

#include "message.hpp"
#include "scrape/address.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <cerrno>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <system_error>

namespace weft::cli {
namespace {

constexpr const char* right_form = "write http://HOST/PATH or https://HOST/PATH";

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? std::string_view()
                                         : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

void read_lines(std::istream& in, const std::string& name, std::vector<std::string>& urls) {
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::string url(trimmed(line));
    if (url.empty() || url.front() == '#') continue;
    if (!scrape::address::parse(url)) {
      throw CLI::ValidationError(
          fmt::format("{}:{}: '{}' is not a web address; {}", name, number, one_line(url), right_form));
    }
    urls.push_back(std::move(url));
  }
  if (in.bad() || (&in == &std::cin && std::ferror(stdin) != 0))
    throw CLI::ValidationError(fmt::format("cannot read '{}': {}; give a readable file with one address a line", name,
                                           std::generic_category().message(errno)));
}

void read_file(const std::string& name, std::vector<std::string>& urls) {
  if (name == "-") return read_lines(std::cin, "standard input", urls);
  struct ::stat status{};
  if (::stat(name.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    throw CLI::ValidationError(fmt::format("'{}' is a directory; give a file with one address a line", name));
  }
  std::ifstream in(name);
  if (!in)
    throw CLI::ValidationError(fmt::format("cannot read '{}': {}; give a readable file with one address a line", name,
                                           std::generic_category().message(errno)));
  read_lines(in, name, urls);
}

bool exists(const std::string& name) {
  struct ::stat status{};
  return ::stat(name.c_str(), &status) == 0;
}

}  // namespace

std::vector<std::string> read_urls(const std::vector<std::string>& arguments, const std::string& file) {
  std::vector<std::string> urls;
  for (const auto& argument : arguments) {
    if (scrape::address::parse(argument)) {
      urls.push_back(argument);
    } else if (argument == "-" || (argument.find("://") == std::string::npos && exists(argument))) {
      read_file(argument, urls);
    } else {
      throw CLI::ValidationError(fmt::format(
          "'{}' is neither a web address nor a file; {}, or name a file of addresses", one_line(argument), right_form));
    }
  }
  if (!file.empty()) read_file(file, urls);
  return urls;
}

}  // namespace weft::cli
