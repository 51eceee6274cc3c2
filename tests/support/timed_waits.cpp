#include "support/timed_waits.hpp"

#include <weft/weft.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

namespace weft::test {
namespace {

using std::chrono::nanoseconds;

constexpr auto plenty = std::chrono::seconds(30);

struct future_state {
  promise<int> producer;
  future<int> awaited = producer.get_future();
};

template <class Wait>
timed_wait on_future(std::string name, Wait wait) {
  auto state = std::make_shared<future_state>();
  return {std::move(name), false, [state, wait](nanoseconds limit) { return wait(state->awaited, limit); },
          [state] { state->producer.set_value(1); }};
}

// Calls and turns the error that says "the time was over" into false.
template <class Over, class Call>
bool came(Call call) {
  try {
    call();
    return true;
  } catch (const Over&) {
    return false;
  }
}

void add_future_waits(std::vector<timed_wait>& all) {
  using one = const future<int>&;
  all.push_back(on_future("future::wait", [](one f, nanoseconds limit) { return f.wait(limit); }));
  all.push_back(on_future("future::result", [](one f, nanoseconds limit) {
    return came<timeout_error>([&] { static_cast<void>(f.result(limit)); });
  }));
  all.push_back(on_future("future::exception", [](one f, nanoseconds limit) {
    return came<timeout_error>([&] { static_cast<void>(f.exception(limit)); });
  }));
  for (const auto when : {return_when::all_completed, return_when::first_completed, return_when::first_exception}) {
    all.push_back(on_future("wait", [when](one f, nanoseconds limit) {
      return weft::wait(std::vector{f}, {.timeout = limit, .return_when = when}).not_done.empty();
    }));
  }
  all.push_back(on_future("as_completed", [](one f, nanoseconds limit) {
    return came<timeout_error>([&] { as_completed(std::vector{f}, limit).begin(); });
  }));
}

struct pool_state {
  event go;
  thread_pool_executor pool{{.max_workers = 1}};
  future<bool> busy = pool.submit([this] { return go.wait(plenty); });
  ~pool_state() { go.set(); }
};

timed_wait on_map() {
  auto state = std::make_shared<pool_state>();
  const auto wait = [state](nanoseconds limit) {
    auto results = state->pool.map([](int x) { return x; }, std::vector{1}, {.timeout = limit});
    return came<timeout_error>([&] { static_cast<void>(*results.begin()); });
  };
  return {"map", false, wait, [state] { state->go.set(); }};
}

struct condition_state {
  mutex lock;
  condition changed{lock};
  bool flag = false;
  std::atomic<bool> returned{false};

  void notify() {
    const scoped_lock held(lock);
    flag = true;
    changed.notify_all();
  }
};

void add_condition_waits(std::vector<timed_wait>& all) {
  auto bare = std::make_shared<condition_state>();
  all.push_back({"condition::wait", false,
                 [bare](nanoseconds limit) {
                   const scoped_lock held(bare->lock);
                   const bool notified = bare->changed.wait(limit);
                   bare->returned = true;
                   return notified;
                 },
                 [bare] {
                   bare->returned = false;
                   // A notify is not remembered: until the waiter, who may still be on its way, has been met.
                   while (!bare->returned) {
                     bare->notify();
                     std::this_thread::yield();
                   }
                 }});
  auto with_predicate = std::make_shared<condition_state>();
  all.push_back({"condition::wait_for", false,
                 [state = with_predicate](nanoseconds limit) {
                   const scoped_lock held(state->lock);
                   return state->changed.wait_for([&] { return state->flag; }, limit);
                 },
                 [state = with_predicate] { state->notify(); }});
}

void add_lock_waits(std::vector<timed_wait>& all) {
  auto lock = std::make_shared<mutex>();
  lock->lock();
  all.push_back({"mutex::try_lock_for", true, [lock](nanoseconds limit) { return lock->try_lock_for(limit); },
                 [lock] { lock->unlock(); }});
  auto flag = std::make_shared<event>();
  all.push_back(
      {"event::wait", false, [flag](nanoseconds limit) { return flag->wait(limit); }, [flag] { flag->set(); }});
  auto permits = std::make_shared<semaphore>(0);
  all.push_back({"semaphore::acquire", true, [permits](nanoseconds limit) { return permits->acquire(limit); },
                 [permits] { permits->release(); }});
}

void add_queue_waits(std::vector<timed_wait>& all) {
  auto empty = std::make_shared<queue<int>>();
  all.push_back(
      {"queue::get", true,
       [empty](nanoseconds limit) { return came<queue_empty>([&] { static_cast<void>(empty->get(limit)); }); },
       [empty] { empty->put(1); }});
  auto full = std::make_shared<queue<int>>(1);
  full->put(1);
  all.push_back({"queue::put", true,
                 [full](nanoseconds limit) { return came<queue_full>([&] { full->put(2, limit); }); },
                 [full] { static_cast<void>(full->get()); }});
  auto unfinished = std::make_shared<queue<int>>();
  unfinished->put(1);
  all.push_back({"queue::join", false, [unfinished](nanoseconds limit) { return unfinished->join(limit); },
                 [unfinished] { unfinished->task_done(); }});
}

}  // namespace

std::vector<timed_wait> timed_waits() {
  std::vector<timed_wait> all;
  add_future_waits(all);
  all.push_back(on_map());
  add_condition_waits(all);
  add_lock_waits(all);
  add_queue_waits(all);
  return all;
}

}  // namespace weft::test
