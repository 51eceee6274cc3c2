#include "common/report.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <sys/utsname.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>

namespace weft::bench {
namespace {

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

struct result {
  std::vector<double> figures;
  double middle() const { return median(figures); }
  double least() const { return *std::ranges::min_element(figures); }
  double most() const { return *std::ranges::max_element(figures); }
};

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

nlohmann::json machine() {
  ::utsname name{};
  ::uname(&name);
  return {{"processor", processor()},
          {"cores", std::thread::hardware_concurrency()},
          {"kernel", name.release},
          {"compiler", __VERSION__}};
}

// Ratios are taken repetition by repetition: both ran next to each other, whatever the machine did meanwhile.
double ratio(const result& ours, const result& peer) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(ours.figures.size(), peer.figures.size()); ++i) {
    ratios.push_back(ours.figures[i] / peer.figures[i]);
  }
  return median(ratios);
}

bool reached(const workload& work, double figure, double bound) {
  return work.larger_is_better ? figure >= bound : figure <= bound;
}

// Prints one goal's line; true if the must is met.
bool judge(const workload& work, const std::vector<result>& results, const goal& wanted, nlohmann::json& out) {
  double figure = results.front().middle();
  if (!wanted.peer.empty()) {
    const auto peer = std::ranges::find(work.contenders, wanted.peer, &contender::name);
    if (peer == work.contenders.end()) throw std::logic_error("no such peer: " + wanted.peer);
    figure = ratio(results.front(), results[static_cast<std::size_t>(peer - work.contenders.begin())]);
  }
  const bool must = reached(work, figure, wanted.must);
  const bool aim = reached(work, figure, wanted.aim);
  const char* sign = work.larger_is_better ? ">=" : "<=";
  fmt::print("    {:<28} {:>9.3f}   must {} {:<7g} {:<4} aim {} {:<7g} {}\n",
             wanted.peer.empty() ? "ours" : "ours / " + wanted.peer, figure, sign, wanted.must, must ? "yes" : "NO",
             sign, wanted.aim, aim ? "yes" : "no");
  out.push_back({{"peer", wanted.peer}, {"figure", figure}, {"must", wanted.must}, {"aim", wanted.aim}, {"met", must}});
  return must;
}

std::vector<result> measure(const workload& work, int repetitions) {
  std::vector<result> results(work.contenders.size());
  for (int round = 0; round < repetitions; ++round) {
    for (std::size_t i = 0; i < work.contenders.size(); ++i) {
      if (round < work.contenders[i].most_repetitions) results[i].figures.push_back(work.contenders[i].measure());
    }
  }
  return results;
}

}  // namespace

int run(const std::string& title, const std::vector<workload>& workloads, const options& how) {
  nlohmann::json document{{"title", title}, {"machine", machine()}, {"workloads", nlohmann::json::array()}};
  fmt::print("{}: {}, {} cores, g++ {}\n", title, processor(), std::thread::hardware_concurrency(), __VERSION__);
  int missed = 0;
  for (const workload& work : workloads) {
    if (work.name.find(how.only) == std::string::npos) continue;
    const auto results = measure(work, how.repetitions);
    nlohmann::json entry{{"name", work.name}, {"unit", work.unit}, {"contenders", nlohmann::json::array()}};
    fmt::print("\n{} ({})\n    {:<28} {:>12} {:>12} {:>12} {:>5}\n", work.name, work.unit, "", "median", "min", "max",
               "runs");
    for (std::size_t i = 0; i < results.size(); ++i) {
      const result& r = results[i];
      fmt::print("    {:<28} {:>12.4g} {:>12.4g} {:>12.4g} {:>5}\n", work.contenders[i].name, r.middle(), r.least(),
                 r.most(), r.figures.size());
      entry["contenders"].push_back(
          {{"name", work.contenders[i].name}, {"median", r.middle()}, {"figures", r.figures}});
    }
    nlohmann::json goals = nlohmann::json::array();
    for (const goal& wanted : work.goals) missed += judge(work, results, wanted, goals) ? 0 : 1;
    entry["goals"] = goals;
    document["workloads"].push_back(entry);
    std::fflush(stdout);
  }
  fmt::print("\n{} goals not met\n", missed);
  if (!how.json_path.empty()) std::ofstream(how.json_path) << document.dump(1) << '\n';
  return missed;
}

options parse(int argc, char** argv) {
  options how;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (i + 1 < argc && word == "--repetitions") {
      how.repetitions = std::max(1, std::atoi(argv[++i]));
    } else if (i + 1 < argc && word == "--json") {
      how.json_path = argv[++i];
    } else if (i + 1 < argc && word == "--only") {
      how.only = argv[++i];
    } else {
      fmt::print(stderr, "{}: '{}' is not an option; there are --repetitions N, --json FILE and --only TEXT\n", argv[0],
                 word);
      std::exit(2);
    }
  }
  return how;
}

double seconds(const std::function<void()>& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void check(bool correct, const std::string& what) {
  if (!correct) throw std::runtime_error("wrong answer: " + what);
}

std::optional<double> number_from(const std::vector<std::string>& command) {
  std::string line;
  for (const std::string& word : command) line += "'" + word + "' ";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(line.c_str(), "r"), &::pclose);
  double value = 0;
  if (pipe == nullptr || std::fscanf(pipe.get(), "%lf", &value) != 1) return std::nullopt;
  return value;
}

}  // namespace weft::bench
