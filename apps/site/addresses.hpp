// The loopback addresses that the hosts of a site get.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace weft::apps::site {

/// `count` addresses from `first` on. Those that end in 0 or 255 are left out, as they look like networks and
/// broadcasts: 127.0.1.254 is followed by 127.0.2.1.
/// **Errors**: std::invalid_argument if `first` is no address of 127.0.0.0/8 that can be used, or too few follow it.
std::vector<std::string> loopback_addresses(const std::string& first, std::size_t count);

}  // namespace weft::apps::site
