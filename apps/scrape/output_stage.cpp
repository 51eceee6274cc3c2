#include "scrape/output_stage.hpp"

#include <weft/base/cpu_count.hpp>
#include <weft/base/error.hpp>

#include "scrape/page.hpp"

#include <utility>

namespace weft::scrape {
namespace {

constexpr std::int64_t record_cost = 4096;

void parse_into(page_record& record, const std::string& body) {
  try {
    auto facts = parse_page(body, record.final_url, record.content_type);
    record.title = std::move(facts.title);
    record.links = std::move(facts.links);
  } catch (const std::bad_alloc&) {
    record.error = "not enough memory to parse the page";
  }
}

}  // namespace

output_stage::output_stage(unsigned parsers, const record_sink& sink, std::function<void()> on_room)
    : sink_(sink),
      on_room_(std::move(on_room)),
      pool_({.max_workers = parsers > 0 ? parsers : static_cast<std::size_t>(cpu_count()),
             .thread_name_prefix = "parse"}),
      writer_([this] { write(); }) {}

output_stage::~output_stage() { end_threads(); }

void output_stage::put(page_record record, std::string body) {
  item next{.record = std::move(record), .cost = record_cost + static_cast<std::int64_t>(body.size())};
  held_ += next.cost;
  if (next.record.ok() && !body.empty() && is_html(next.record.content_type)) {
    pool_.post([this, page = std::move(next), text = std::move(body)]() mutable {
      parse_into(page.record, text);
      text = {};
      pass_on(std::move(page));
    });
  } else {
    pass_on(std::move(next));
  }
}

void output_stage::pass_on(item next) { records_.put(std::move(next)); }

void output_stage::finish() {
  end_threads();
  if (error_) std::rethrow_exception(error_);
}

void output_stage::end_threads() {
  pool_.shutdown(wait_for::tasks, pending::run);
  records_.shutdown();
  if (writer_.joinable()) writer_.join();
}

void output_stage::write() {
  while (true) {
    item next;
    try {
      next = records_.get();
    } catch (const queue_shut_down&) {
      return;
    }
    if (!failed_) {
      try {
        if (sink_) sink_(next.record);
        const auto tally = tally_.lock();
        ++(next.record.ok() ? tally->ok : tally->failed);
        tally->bytes += next.record.bytes;
        if (!next.record.ok() && tally->first_error.empty())
          tally->first_error = next.record.url + ": " + next.record.error;
      } catch (...) {
        error_ = std::current_exception();
        failed_ = true;
        on_room_();
      }
    }
    const auto before = held_.fetch_sub(next.cost);
    if (before >= most_held / 2 && before - next.cost < most_held / 2) on_room_();
  }
}

}  // namespace weft::scrape
