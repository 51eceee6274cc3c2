// weft factorial: exact factorials of numbers and ranges.
#include "command.hpp"

#include <weft/base/cpu_count.hpp>
#include <weft/base/error.hpp>

#include "factorial/admission.hpp"
#include "factorial/estimate.hpp"
#include "factorial/memory.hpp"
#include "factorial/run.hpp"
#include "factorial/spec_reader.hpp"
#include "interrupts.hpp"
#include "output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace weft::cli {
namespace {

using factorial::executor_kind;
using factorial::format;

const std::map<std::string, format, std::less<>> formats{
    {"text", format::text}, {"jsonl", format::jsonl}, {"csv", format::csv}};
const std::map<std::string, executor_kind, std::less<>> executors{{"sequential", executor_kind::sequential},
                                                                  {"threads", executor_kind::threads},
                                                                  {"processes", executor_kind::processes}};

struct arguments {
  std::vector<std::string> specs;
  std::string input;
  std::string executor = "auto";
  std::optional<std::size_t> workers;
  std::string format;
  std::string output;
  bool json = false;
};

/// What the command line parser does not know: a negative number looks like an option to it.
void refuse_unknown(const std::vector<std::string>& unknown) {
  if (unknown.empty()) return;
  const std::string& text = unknown.front();
  if (text.size() > 1 && text[0] == '-' && text[1] >= '0' && text[1] <= '9') factorial::parse_spec(text);
  throw CLI::ValidationError("unknown option " + factorial::quoted(text));
}

factorial::batch read_batch(const arguments& given) {
  std::vector<factorial::spec> specs;
  const auto inputs = std::count(given.specs.begin(), given.specs.end(), "-") + (given.input == "-" ? 1 : 0);
  if (inputs > 1) throw CLI::ValidationError("'-' stands for standard input and can be read once only");
  for (const std::string& text : given.specs) {
    if (text == "-") {
      factorial::read_specs(text, specs);
    } else {
      specs.push_back(factorial::parse_spec(text));
    }
  }
  if (!given.input.empty()) factorial::read_specs(given.input, specs);
  if (specs.empty()) {
    throw CLI::ValidationError(
        "no numbers given; write N, A..B or A..B..STEP, such as 0..20, or --input FILE with one a line");
  }
  return factorial::batch(std::move(specs));
}

/// What cannot fit is refused before anything is computed.
double admit(const factorial::batch& numbers) {
  const double available = factorial::available_memory();
  if (const auto n = factorial::first_too_large(numbers, available)) {
    throw CLI::ValidationError(
        fmt::format("{}! needs about {:.3g} GB of memory and {:.3g} GB are available; ask for a smaller n", *n,
                    factorial::estimated_bytes(*n) / 1e9, available / 1e9));
  }
  return available;
}

factorial::run_options plan(const arguments& given, const factorial::batch& numbers, double available) {
  factorial::run_options options;
  options.workers = given.workers.value_or(weft::cpu_count());
  options.executor = given.executor == "auto" ? factorial::choose_executor(numbers, options.workers)
                                              : executors.find(given.executor)->second;
  if (options.executor == executor_kind::sequential) {
    if (given.executor == "sequential" && given.workers.value_or(1) != 1) {
      throw CLI::ValidationError(
          fmt::format("--workers {} does not go with --executor sequential, which has one; "
                      "leave it out",
                      *given.workers));
    }
    options.workers = 1;
  }
  options.memory = available / 2;
  options.store_budget = static_cast<std::size_t>(std::min(available / 8, 256e6));
  return options;
}

std::string_view name_of(executor_kind kind) {
  for (const auto& [name, value] : executors) {
    if (value == kind) return name;
  }
  return "unknown";
}

std::string summary_fields(const factorial::run_summary& summary, const factorial::run_options& options,
                           std::chrono::duration<double, std::milli> elapsed) {
  return fmt::format(R"("results":{},"computed":{},"digits":{},"executor":"{}","workers":{},"elapsed_ms":{:.3f})",
                     summary.results, summary.computed, summary.digits, name_of(options.executor), options.workers,
                     elapsed.count());
}

/// Runs when a signal tells the tool to end: no result is waited for, and no part of a file is left.
[[noreturn]] void end_early(const std::string& output, const std::string& partial) {
  if (!partial.empty()) ::unlink(partial.c_str());
  const bool file = !output.empty() && output != "-";
  fmt::print(stderr, "weft factorial: interrupted{}\n", file ? "; '" + output + "' was not written" : "");
  ::_exit(exit_interrupted);
}

int run(const arguments& given) {
  const auto start = std::chrono::steady_clock::now();
  const bool in_json = given.json && given.output.empty();
  if (in_json && !given.format.empty()) {
    throw CLI::ValidationError(
        "--json and --format both tell the form of standard output; leave one out, or add --output FILE");
  }
  if (given.json && given.output == "-") {
    throw CLI::ValidationError(
        "--json and --output - both want standard output; give --output a file, or leave it out");
  }
  const auto numbers = read_batch(given);
  const auto options = plan(given, numbers, admit(numbers));
  const format how = in_json ? format::json : given.format.empty() ? format::text : formats.find(given.format)->second;

  const auto file = open_output(given.output.empty() ? "-" : given.output);
  const interrupts signals(file->temporary());
  std::optional<std::stop_callback<std::function<void()>>> ending(
      std::in_place, signals.token(), [&given, partial = file->temporary()] { end_early(given.output, partial); });
  const auto put = [&file](std::string_view text) { file->write(text); };
  factorial::writer writer(how, put);
  if (in_json) put(R"({"factorials":[)");
  const auto summary = factorial::run(numbers, options, writer);
  const auto fields = summary_fields(summary, options, std::chrono::steady_clock::now() - start);
  if (in_json) put("\n]," + fields + "}\n");
  ending.reset();  // from here on the file becomes whole
  file->commit();
  if (given.json && !in_json) print_out("{" + fields + "}\n");
  return exit_done;
}

void add_options(CLI::App& command, arguments& given) {
  command.add_option("SPEC", given.specs, "N, A..B, A..B..STEP (both ends count), or - for standard input");
  command
      .add_option("--input", given.input, "read specs from FILE, one a line; # starts a comment; - is standard input")
      ->check(not_empty)
      ->type_name("FILE");
  std::vector<std::string> names{"auto"};
  for (const auto& [name, kind] : executors) names.push_back(name);
  command
      .add_option("--executor", given.executor,
                  "where the work runs; auto: sequential for one number and below 5 ms of work")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command.add_option("--workers", given.workers, "how many workers; as many as CPUs unless given")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  command.add_option("--format", given.format, "text (5! = 120), jsonl or csv; text unless given")
      ->check(CLI::IsMember({"text", "jsonl", "csv"}));
  command.add_option("--output", given.output, "write to FILE: whole or not at all")
      ->check(not_empty)
      ->type_name("FILE");
  command.add_flag("--json", given.json, "one JSON object: results and summary, or the summary alone with --output");
}

}  // namespace

void add_factorial(CLI::App& tool, action& chosen) {
  auto* command = tool.add_subcommand("factorial", "compute n! exactly, for numbers, ranges and files of them");
  const auto given = std::make_shared<arguments>();
  add_options(*command, *given);
  command->allow_extras();
  command->final_callback([command, given, &chosen] {
    chosen = [command, given] {
      try {
        refuse_unknown(command->remaining());
        return run(*given);
      } catch (const invalid_argument& problem) {
        throw CLI::ValidationError(problem.what());
      }
    };
  });
}

}  // namespace weft::cli
