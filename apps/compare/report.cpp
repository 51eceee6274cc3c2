#include "compare/report.hpp"

#include <weft/base/cpu_count.hpp>
#include <weft/base/error.hpp>

#include <nlohmann/json.hpp>

namespace weft::compare {
namespace {

using nlohmann::ordered_json;

ordered_json object_of(const row& one) {
  const cost& cell = one.measured;
  return {{"way", name_of(cell.how)},     {"workers", cell.workers},       {"wall_s", cell.wall_s},
          {"cpu_s", cell.cpu_s},          {"peak_bytes", cell.peak_bytes}, {"speed_up", one.speed_up},
          {"efficiency", one.efficiency}, {"sampled", cell.sampled()},     {"items_done", cell.done},
          {"items", cell.total}};
}

ordered_json object_of(const comparison& result) {
  ordered_json cells = ordered_json::array();
  for (const row& one : result.rows) cells.push_back(object_of(one));
  ordered_json knees = ordered_json::object();
  for (const knee& one : result.knees) {
    knees[std::string(name_of(one.how))] = {{"workers", one.workers}, {"largest_measured", one.largest}};
  }
  return {{"job", name_of(result.job)}, {"title", result.title}, {"cells", cells}, {"no_longer_pays_after", knees}};
}

}  // namespace

std::string to_json(const cell_report& report) {
  return ordered_json({{"items", report.items},
                       {"checksum", report.checksum},
                       {"wall_s", report.wall_s},
                       {"startup_cpu_s", report.startup_cpu_s},
                       {"peak_bytes", report.peak_bytes}})
      .dump();
}

cell_report report_from_json(const std::string& text) {
  try {
    const auto object = ordered_json::parse(text);
    return {.items = object.at("items").get<std::uint64_t>(),
            .checksum = object.at("checksum").get<std::uint64_t>(),
            .wall_s = object.at("wall_s").get<double>(),
            .startup_cpu_s = object.at("startup_cpu_s").get<double>(),
            .peak_bytes = object.at("peak_bytes").get<double>()};
  } catch (const ordered_json::exception& problem) {
    throw transfer_error(std::string("a cell of the comparison gave no report: ") + problem.what());
  }
}

std::string to_json(std::span<const comparison> comparisons) {
  ordered_json all = ordered_json::array();
  for (const comparison& one : comparisons) all.push_back(object_of(one));
  return ordered_json({{"cpus", weft::cpu_count()}, {"jobs", all}}).dump(2);
}

}  // namespace weft::compare
