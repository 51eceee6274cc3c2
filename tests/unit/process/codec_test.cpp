#include <weft/process/codec.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <random>

struct plain {
  int x;
  double y;
  friend bool operator==(const plain&, const plain&) = default;
};
template <>
inline constexpr bool weft::enable_transfer<plain> = true;

struct whole {
  explicit whole(int n) : value(n) {}
  int value;
};
template <>
struct weft::codec<whole> {
  static void encode(weft::encoder& out, const whole& w) { out.write_value(w.value); }
  static whole decode(weft::decoder& in) { return whole(in.read_value<int>()); }
};

namespace {

enum class colour : std::uint8_t { red, green };

struct person {
  std::string name;
  int age = 0;
  colour likes = colour::red;
  std::vector<plain> marks;
  friend bool operator==(const person&, const person&) = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(name, age, likes, marks);
  }
};

struct chain {
  std::unique_ptr<chain> next;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(next);
  }
};

template <class T>
T round_trip(const T& value) {
  weft::encoder out;
  weft::detail::encode(out, value);
  weft::decoder in(out.bytes());
  T back = weft::detail::decode<T>(in);
  in.expect_end();
  return back;
}

TEST(Codec, CarriesWhatCrossesAsBytes) {
  EXPECT_EQ(round_trip(42), 42);
  EXPECT_EQ(round_trip(-0.5), -0.5);
  EXPECT_EQ(round_trip(true), true);
  EXPECT_EQ(round_trip(colour::green), colour::green);
  EXPECT_EQ(round_trip(plain{1, 2.5}), (plain{1, 2.5}));
}

TEST(Codec, CarriesStandardContainersThroughCereal) {
  const std::map<std::string, std::vector<std::optional<int>>> nested{{"a", {1, std::nullopt}}, {"", {}}};
  EXPECT_EQ(round_trip(nested), nested);
  const std::tuple<int, std::string, std::pair<char, float>> mixed{1, "two", {'3', 4.0F}};
  EXPECT_EQ(round_trip(mixed), mixed);
  const std::variant<int, std::string, std::vector<bool>> either = std::vector<bool>{true, false};
  EXPECT_EQ(round_trip(either), either);
  const std::array<std::string, 2> fixed{"x", "y"};
  EXPECT_EQ(round_trip(fixed), fixed);
  EXPECT_EQ(*round_trip(std::make_unique<std::string>("owned")), "owned");
  EXPECT_EQ(round_trip(std::chrono::milliseconds(5)), std::chrono::milliseconds(5));
}

TEST(Codec, NeedsOnlyCerealsSerializeOfAUserType) {
  const person p{"Ada", 36, colour::green, {{1, 2}, {3, 4}}};
  EXPECT_EQ(round_trip(p), p);
  EXPECT_EQ(round_trip(std::vector<person>{p, p}), (std::vector<person>{p, p}));
}

TEST(Codec, LetsACodecCarryATypeWithoutDefaultConstructor) { EXPECT_EQ(round_trip(whole(7)).value, 7); }

TEST(Codec, RefusesInputThatEndsTooEarly) {
  weft::encoder out;
  weft::detail::encode(out, person{"Ada", 36, colour::green, {{1, 2}}});
  for (std::size_t size = 0; size < out.size(); ++size) {
    weft::decoder in(out.bytes().first(size));
    EXPECT_THROW(static_cast<void>(weft::detail::decode<person>(in)), weft::transfer_error) << size;
  }
}

TEST(Codec, RefusesCountsThatTheBytesLeftCannotHold) {
  weft::encoder out;
  out.write_value(std::numeric_limits<std::uint64_t>::max());
  weft::decoder first(out.bytes());
  EXPECT_THROW(static_cast<void>(weft::detail::decode<std::vector<std::string>>(first)), weft::transfer_error);
  weft::decoder second(out.bytes());
  EXPECT_THROW(static_cast<void>(weft::detail::decode<std::string>(second)), weft::transfer_error);
}

TEST(Codec, RefusesABoolThatIsNeitherAndAVariantThatHasNoSuchAlternative) {
  weft::encoder out;
  out.write_value(std::uint8_t{2});
  weft::decoder first(out.bytes());
  EXPECT_THROW(static_cast<void>(weft::detail::decode<bool>(first)), weft::transfer_error);
  weft::encoder index;
  index.write_value(std::int32_t{-1});
  weft::decoder second(index.bytes());
  EXPECT_THROW((static_cast<void>(weft::detail::decode<std::variant<int, char>>(second))), weft::transfer_error);
}

TEST(Codec, CapsTheDepthOnBothSides) {
  chain shallow;
  shallow.next = std::make_unique<chain>();
  EXPECT_TRUE(round_trip(shallow).next);
  chain deep;
  for (int i = 0; i < 5000; ++i) {
    auto longer = std::make_unique<chain>();
    longer->next = std::move(deep.next);
    deep.next = std::move(longer);
  }
  weft::encoder out;
  EXPECT_THROW(weft::detail::encode(out, deep), weft::transfer_error);
  weft::encoder forged;
  for (int i = 0; i < 5000; ++i) forged.write_value(std::uint8_t{1});
  forged.write_value(std::uint8_t{0});
  weft::decoder in(forged.bytes());
  EXPECT_THROW(static_cast<void>(weft::detail::decode<chain>(in)), weft::transfer_error);
}

TEST(Codec, NeverDoesWorseThanThrowOnRandomBytes) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  using everything = std::tuple<person, std::map<int, std::string>, std::variant<int, std::vector<bool>>, std::unique_ptr<person>>;
  weft::encoder valid;
  weft::detail::encode(valid, everything(person{"Ada", 1, colour::red, {{1, 2}}}, std::map<int, std::string>{{1, "one"}}, std::vector<bool>{true}, nullptr));
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> bytes(valid.bytes().begin(), valid.bytes().end());
    for (int change = 0; change < 3; ++change) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    weft::decoder in(bytes);
    try {
      static_cast<void>(weft::detail::decode<everything>(in));
    } catch (const weft::transfer_error&) {
      continue;
    }
  }
}

}  // namespace
