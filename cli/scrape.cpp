// weft scrape: fetches many pages at once, politely, and writes a line of JSON for each.
#include "command.hpp"
#include "interrupts.hpp"
#include "message.hpp"
#include "output.hpp"
#include "url_list.hpp"
#include "values.hpp"

#include "common/json_text.hpp"
#include "common/whole_file.hpp"
#include "scrape/scraper.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <system_error>

namespace weft::cli {
namespace {

struct settings {
  std::vector<std::string> arguments;
  std::string input;
  std::string output;
  std::string timeout = "30s";
  std::string robots = "obey";
  bool json = false;
  scrape::scrape_options options;
};

/// Every request needs a descriptor: as many as the system lets us have without asking.
void raise_descriptor_limit() {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void show(const scrape::scrape_progress& progress, std::size_t total) {
  fmt::print(stderr, "\r{} of {} pages, {} failed, {} under way, {:.1f} MB \x1b[K", progress.ok + progress.failed,
             total, progress.failed, progress.in_flight, static_cast<double>(progress.bytes) / 1e6);
  std::fflush(stderr);
}

std::string summary_json(const scrape::scrape_summary& summary) {
  const double wall = std::chrono::duration<double>(summary.wall).count();
  auto text = fmt::format(
      "{{\"pages\":{},\"ok\":{},\"failed\":{},\"duplicates\":{},\"bytes\":{},\"requests\":{},\"wall_s\":{:.3f},"
      "\"pages_per_s\":{:.1f},\"interrupted\":{},\"first_error\":",
      summary.ok + summary.failed, summary.ok, summary.failed, summary.duplicates, summary.bytes, summary.requests,
      wall, static_cast<double>(summary.ok + summary.failed) / std::max(wall, 1e-9), summary.interrupted);
  summary.first_error.empty() ? static_cast<void>(text += "null") : apps::append_json_string(text, summary.first_error);
  return text + "}";
}

std::string summary_line(const scrape::scrape_summary& summary) {
  const double wall = std::chrono::duration<double>(summary.wall).count();
  return fmt::format("{} pages fetched, {} failed, {} given twice, {:.1f} MB in {:.2f} s ({:.1f} pages/s)", summary.ok,
                     summary.failed, summary.duplicates, static_cast<double>(summary.bytes) / 1e6, wall,
                     static_cast<double>(summary.ok + summary.failed) / std::max(wall, 1e-9));
}

int exit_code(const scrape::scrape_summary& summary, const std::string& output) {
  if (summary.interrupted) {
    const bool file = !output.empty() && output != "-";
    fmt::print(stderr, "weft scrape: interrupted after {} pages{}\n", summary.ok + summary.failed,
               file ? "; '" + output + "' was not written" : "");
    return exit_interrupted;
  }
  if (summary.failed == 0) return exit_done;
  fmt::print(stderr, "weft scrape: {} of {} pages failed; the first: {}\n", summary.failed, summary.ok + summary.failed,
             one_line(summary.first_error));
  return exit_failed;
}

/// What the parser lets through.
void check(const scrape::scrape_options& options) {
  if (std::isnan(options.rate)) throw CLI::ValidationError("--rate nan is not a number; write 0 or more");
  if (std::ranges::any_of(options.user_agent, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; })) {
    throw CLI::ValidationError("--user-agent '" + one_line(options.user_agent) +
                               "' has control characters; write one line of text");
  }
}

int run(settings& chosen) {
  const auto urls = read_urls(chosen.arguments, chosen.input);
  if (urls.empty())
    throw CLI::ValidationError("no address to fetch; give addresses, files of addresses, or - for standard input");
  // Without a word about either, the records are the result; with --json alone, the summary is.
  if (chosen.output.empty() && !chosen.json) chosen.output = "-";
  if (chosen.output == "-" && chosen.json) {
    throw CLI::ValidationError("--json and --output - both want standard output; give --output a file");
  }
  const auto output = chosen.output.empty() ? nullptr : open_output(chosen.output);
  const interrupts signals(output ? output->temporary() : "");
  raise_descriptor_limit();

  auto& options = chosen.options;
  options.timeout = parse_duration(chosen.timeout);
  if (options.timeout <= std::chrono::nanoseconds::zero())
    throw CLI::ValidationError("--timeout must be above zero; write for example 30s");
  check(options);
  options.robots = chosen.robots == "obey" ? scrape::robots_policy::obey : scrape::robots_policy::ignore;
  options.stop = signals.token();
  const bool terminal = ::isatty(STDERR_FILENO) == 1 && (chosen.output != "-" || ::isatty(STDOUT_FILENO) == 0);
  if (terminal) options.on_progress = [&](const auto& progress) { show(progress, urls.size()); };

  const auto summary = scrape::run(options, urls, [&](const scrape::page_record& record) {
    if (output) output->write(scrape::to_jsonl(record));
  });
  if (terminal) fmt::print(stderr, "\r\x1b[K");
  if (output && (!summary.interrupted || chosen.output == "-")) output->commit();
  if (chosen.json) {
    print_out(summary_json(summary) + "\n");
  } else if (chosen.output != "-") {
    print_out(summary_line(summary) + "\n");
  } else if (terminal) {
    fmt::print(stderr, "{}\n", summary_line(summary));
  }
  return exit_code(summary, chosen.output);
}

}  // namespace

void add_scrape(CLI::App& tool, action& chosen) {
  auto* const command =
      tool.add_subcommand("scrape", "Fetch many pages at once, politely, and write a line of JSON for each");
  const auto given = std::make_shared<settings>();
  auto& options = given->options;
  command->add_option(
      "WHAT", given->arguments,
      "Addresses, files with one address a line, or - for standard input; each address is fetched once");
  command->add_option("--input", given->input, "A file with one address a line, or -")
      ->check(not_empty)
      ->type_name("FILE");
  command->add_option("--workers", options.workers, "Requests at once, over all hosts")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option("--per-host", options.per_host, "Requests at once to one host")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option("--rate", options.rate, "Requests a second to one host; 0 lifts the limit")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  command->add_option("--timeout", given->timeout, "For one attempt")->type_name("DURATION")->capture_default_str();
  command->add_option("--retries", options.retries, "Further attempts after failures that may pass")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command
      ->add_option("--output", given->output,
                   "Where the lines go: a file, whole or not there, or - for standard output (the default)")
      ->check(not_empty)
      ->type_name("FILE");
  command->add_flag("--json", given->json,
                    "Print a summary as JSON on standard output (then lines go to --output only)");
  command
      ->add_option("--user-agent", options.user_agent, "How we call ourselves; robots.txt is read for its first word")
      ->capture_default_str();
  command->add_option("--robots", given->robots, "Whether to keep to robots.txt")
      ->check(CLI::IsMember({"obey", "ignore"}))
      ->capture_default_str();
  command->callback([given, &chosen] { chosen = [given] { return run(*given); }; });
}

}  // namespace weft::cli
