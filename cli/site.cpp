// weft site: serves the demo site until it is told to end.
#include "site/site.hpp"

#include "command.hpp"
#include "output.hpp"
#include "values.hpp"

#include <sys/resource.h>
#include <charconv>
#include <csignal>
#include <map>
#include <memory>
#include <stdexcept>

namespace weft::cli {
namespace {

struct site_command {
  apps::site::options site;
  apps::site::robots_rules robots;
  std::string delay = "0s";
  std::string idle_timeout = "60s";
  std::string retry_after = "1s";
  std::string crawl_delay = "0s";
  std::vector<std::string> faults;
  std::string list = "roots";
  std::string output = "-";
};

void add_fault(apps::site::fault_rates& rates, const std::string& text) {
  const std::map<std::string, double*, std::less<>> kinds{{"500", &rates.server_error},  {"429", &rates.too_many},
                                                          {"503", &rates.unavailable},   {"drop", &rates.drop},
                                                          {"truncate", &rates.truncate}, {"hang", &rates.hang}};
  const std::size_t equals = text.find('=');
  const auto kind = kinds.find(text.substr(0, equals));
  double rate = -1;
  const char* end = text.data() + text.size();
  const char* number = equals == std::string::npos ? end : text.data() + equals + 1;
  const auto [rest, problem] = std::from_chars(number, end, rate, std::chars_format::fixed);
  if (kind == kinds.end() || problem != std::errc() || rest != end || !(rate >= 0 && rate <= 1)) {
    throw CLI::ValidationError("'" + text +
                               "' is not a fault; write KIND=RATE with KIND one of 500, 429, 503, drop, truncate, hang "
                               "and RATE from 0 to 1, for example 500=0.05");
  }
  *kind->second = rate;
}

// A connection is a descriptor; the usual soft limit of 1024 is below what the site can serve.
void allow_many_connections() {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::unique_ptr<apps::site::server> start(const apps::site::options& chosen) {
  try {
    return std::make_unique<apps::site::server>(chosen);
  } catch (const std::invalid_argument& problem) {
    throw CLI::ValidationError(problem.what());
  }
}

apps::site::options site_options(const site_command& command) {
  using std::chrono::duration_cast;
  apps::site::options site = command.site;
  site.delay = parse_duration(command.delay);
  site.idle_timeout = duration_cast<std::chrono::milliseconds>(parse_duration(command.idle_timeout));
  site.faults.retry_after = std::chrono::ceil<std::chrono::seconds>(parse_duration(command.retry_after));
  for (const std::string& fault : command.faults) add_fault(site.faults, fault);
  apps::site::robots_rules robots = command.robots;
  robots.crawl_delay = duration_cast<std::chrono::milliseconds>(parse_duration(command.crawl_delay));
  site.robots.push_back(robots);
  return site;
}

int serve(const site_command& command) {
  const apps::site::options chosen = site_options(command);
  ::sigset_t ends{};
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGINT);
  ::sigaddset(&ends, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  allow_many_connections();

  const auto output = open_output(command.output);
  const auto site = start(chosen);
  for (const std::string& url : command.list == "pages" ? site->urls() : site->roots()) output->write(url + "\n");
  output->commit();

  int signal = 0;
  ::sigwait(&ends, &signal);
  site->stop();
  return exit_done;
}

void add_options(CLI::App& site, site_command& command) {
  site.add_option("--pages", command.site.pages, "How many pages")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  site.add_option("--hosts", command.site.hosts,
                  "How many hosts, each a loopback address; page N is on host N mod HOSTS")
      ->check(CLI::Range(1, 20'000))
      ->capture_default_str();
  site.add_option("--delay", command.delay, "How long a page takes, for example 250ms or 2s")->capture_default_str();
  site.add_option("--port", command.site.port, "The port on every host; 0: a free one")
      ->check(CLI::Range(0, 65'535))
      ->capture_default_str();
  site.add_option("--first-address", command.site.first_address, "The first host's address in 127.0.0.0/8")
      ->capture_default_str();
  site.add_option("--links", command.site.links, "Links downward a page")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  site.add_option("--seed", command.site.seed, "Of texts, cross links and faults")
      ->check(CLI::Range(std::uint64_t{0}, UINT64_MAX))
      ->capture_default_str();
  site.add_option("--fault", command.faults,
                  "KIND=RATE, the share of page requests that meet a fault: 500, 429, 503, drop, truncate or hang; may "
                  "be repeated")
      ->allow_extra_args(false);
  site.add_option("--retry-after", command.retry_after, "What Retry-After of 429 and 503 by rate says")
      ->capture_default_str();
  site.add_option("--disallow", command.robots.disallow, "A path prefix that robots.txt disallows; may be repeated")
      ->allow_extra_args(false);
  site.add_option("--crawl-delay", command.crawl_delay, "The Crawl-delay of robots.txt; 0: none")
      ->capture_default_str();
  site.add_option("--idle-timeout", command.idle_timeout, "Connections without progress are closed after this time")
      ->capture_default_str();
  site.add_option("--max-connections", command.site.max_connections, "Open at once; further ones are closed")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  site.add_option("--list", command.list, "What to print: the home page of every host (roots) or every page (pages)")
      ->check(CLI::IsMember({"roots", "pages"}))
      ->capture_default_str();
  site.add_option("--output", command.output, "Where to print it; the file appears whole, when the site serves")
      ->check(not_empty)
      ->capture_default_str();
}

}  // namespace

void add_site(CLI::App& tool, action& chosen) {
  CLI::App* site = tool.add_subcommand("site", "Serve a demo site on loopback addresses until interrupted");
  const auto command = std::make_shared<site_command>();
  add_options(*site, *command);
  site->callback([command, &chosen] { chosen = [command] { return serve(*command); }; });
}

}  // namespace weft::cli
