// weft compare: the same work sequentially, on threads and on processes, side by side.
#include "command.hpp"

#include <weft/base/error.hpp>

#include "common/whole_file.hpp"
#include "compare/demo.hpp"
#include "compare/fetch.hpp"
#include "compare/report.hpp"
#include "factorial/engine.hpp"
#include "scrape/scraper.hpp"
#include "site/site.hpp"
#include "values.hpp"

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace weft::cli {
namespace {

namespace fs = std::filesystem;

struct demo_arguments {
  std::vector<std::size_t> workers{1, 2, 5, 10};
  std::size_t pages = 100;
  std::string delay = "2s";
  std::string budget = "5s";
  std::string compute = "1.2s";
  std::string report;
  bool json = false;
};

struct cell_arguments {
  std::string job;
  std::string how;
  compare::cell_request request;
};

/// What `weft scrape` does, politeness included: one thread waits for all pages.
std::uint64_t scrape_all(std::span<const std::string> urls, std::size_t workers) {
  scrape::scrape_options options;
  options.workers = static_cast<unsigned>(workers);
  const auto summary = scrape::run(options, urls);
  if (summary.failed > 0) throw error("cannot fetch " + summary.first_error);
  return summary.bytes;
}

compare::jobs real_jobs() {
  return {.compute = factorial::factorial_text, .fetch = compare::fetch_page, .fetch_by_events = scrape_all};
}

int run_cell(const cell_arguments& given) {
  compare::cell_request request = given.request;
  request.job = compare::job_named(given.job).value();
  request.how = compare::way_named(given.how).value();
  for (std::string url; std::getline(std::cin, url);) request.urls.push_back(url);
  std::puts(compare::to_json(compare::run_cell(request, real_jobs())).c_str());
  return exit_done;
}

/// What runs now stands on one line that is written over, if somebody is there to see it.
void show_progress(const std::string& cell, std::size_t done, std::size_t all) {
  std::fprintf(stderr, "\r\033[Kmeasuring %s (%zu of %zu)", cell.c_str(), done + 1, all);
}

compare::demo_options options_of(const demo_arguments& given) {
  compare::demo_options options;
  options.workers = given.workers;
  std::sort(options.workers.begin(), options.workers.end());
  options.workers.erase(std::unique(options.workers.begin(), options.workers.end()), options.workers.end());
  options.fetch_budget = parse_duration(given.budget);
  options.compute_time = parse_duration(given.compute);
  options.cell_command = {"/proc/self/exe", "compare", "cell"};
  if (::isatty(STDERR_FILENO) == 1) options.on_progress = show_progress;
  return options;
}

void make_folder(const std::string& path) {
  std::error_code problem;
  fs::create_directories(path, problem);
  if (problem) {
    throw CLI::ValidationError("--report: cannot make the folder '" + path + "': " + problem.message() +
                               "; name a folder that can be written");
  }
}

void write_file(const fs::path& path, const std::string& content) {
  apps::whole_file file(path);
  file.write(content);
  file.commit();
}

std::vector<compare::comparison> measure(const demo_arguments& given, const compare::demo_options& options) {
  const auto delay = parse_duration(given.delay);
  std::vector<compare::comparison> results;
  {
    const apps::site::server site({.pages = given.pages, .hosts = given.pages, .delay = delay});
    results.push_back(compare::compare_fetch(options, site.urls(), delay));
  }
  results.push_back(compare::compare_compute(options, real_jobs()));
  if (options.on_progress) std::fputs("\r\033[K", stderr);
  return results;
}

int run_demo(const demo_arguments& given) {
  const auto options = options_of(given);
  if (!given.report.empty()) make_folder(given.report);
  const auto results = measure(given, options);
  std::string text;
  for (const auto& result : results) text += (text.empty() ? "" : "\n") + compare::to_text(result);
  const std::string json = compare::to_json(results) + "\n";
  if (!given.report.empty()) {
    write_file(fs::path(given.report) / "compare.txt", text);
    write_file(fs::path(given.report) / "compare.json", json);
  }
  write_file("-", given.json ? json : text);
  return exit_done;
}

void add_demo(CLI::App& compare, action& chosen) {
  auto* command =
      compare.add_subcommand("demo", "fetch slow pages and compute factorials: which way pays, and how far?");
  const auto given = std::make_shared<demo_arguments>();
  command->add_option("--workers", given->workers, "counts of workers, separated by commas")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--pages", given->pages, "pages of the I/O-bound job, each on a host of its own")
      ->check(CLI::Range(1, 500))
      ->capture_default_str();
  command->add_option("--delay", given->delay, "how long a page takes")->capture_default_str();
  command
      ->add_option("--budget", given->budget,
                   "how long one cell of the I/O-bound job may take; a longer one is sampled and scaled")
      ->capture_default_str();
  command->add_option("--compute", given->compute, "how long the CPU-bound job takes sequentially")
      ->capture_default_str();
  command->add_option("--report", given->report, "also write compare.txt and compare.json into DIR")->type_name("DIR");
  command->add_flag("--json", given->json, "print JSON instead of the tables");
  command->final_callback([given, &chosen] { chosen = [given] { return run_demo(*given); }; });
}

/// Not for people: what the comparing process runs for each cell.
void add_cell(CLI::App& compare, action& chosen) {
  auto* command = compare.add_subcommand("cell", "do one job in one way and print its cost as JSON")->group("");
  const auto given = std::make_shared<cell_arguments>();
  command->add_option("--job", given->job)->required()->check(CLI::IsMember({"fetch", "compute"}));
  command->add_option("--way", given->how)
      ->required()
      ->check(CLI::IsMember({"sequential", "threads", "processes", "events"}));
  command->add_option("--workers", given->request.workers)->check(CLI::Range(1, 1024));
  command->add_option("--first", given->request.first);
  command->add_option("--count", given->request.count);
  command->final_callback([given, &chosen] { chosen = [given] { return run_cell(*given); }; });
}

}  // namespace

void add_compare(CLI::App& tool, action& chosen) {
  auto* command = tool.add_subcommand("compare", "measure sequential, threads and processes on the same work");
  command->require_subcommand(1);
  add_demo(*command, chosen);
  add_cell(*command, chosen);
}

}  // namespace weft::cli
