#include "site/addresses.hpp"

#include <arpa/inet.h>
#include <cstdint>
#include <stdexcept>

namespace weft::apps::site {

std::vector<std::string> loopback_addresses(const std::string& first, std::size_t count) {
  ::in_addr parsed{};
  const bool valid = ::inet_pton(AF_INET, first.c_str(), &parsed) == 1;
  std::uint32_t next = ntohl(parsed.s_addr);
  const auto usable = [](std::uint32_t address) { return (address & 0xffU) != 0 && (address & 0xffU) != 255; };
  if (!valid || next >> 24U != 127 || !usable(next)) {
    throw std::invalid_argument("the first address '" + first + "' must be a loopback address such as 127.0.1.1");
  }
  std::vector<std::string> addresses;
  for (; addresses.size() < count; ++next) {
    if (next >> 24U != 127) {
      throw std::invalid_argument("only " + std::to_string(addresses.size()) + " loopback addresses follow '" + first +
                                  "', too few for " + std::to_string(count) + " hosts");
    }
    if (!usable(next)) continue;
    const ::in_addr address{htonl(next)};
    char text[INET_ADDRSTRLEN];
    addresses.emplace_back(::inet_ntop(AF_INET, &address, text, sizeof text));
  }
  return addresses;
}

}  // namespace weft::apps::site
