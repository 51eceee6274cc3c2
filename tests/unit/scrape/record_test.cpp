#include "scrape/record.hpp"

#include "common/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace {

using namespace std::chrono_literals;
using weft::apps::append_json_string;
using weft::scrape::page_record;

TEST(Record, IsOneLineWithExactlyTheNamedFieldsInOrder) {
  const page_record record{.url = "http://a/",
                           .final_url = "http://b/",
                           .status = 200,
                           .bytes = 12,
                           .content_type = "text/html",
                           .elapsed = 1500us,
                           .attempts = 2,
                           .title = "a \"t\"\n",
                           .links = {"http://c/", "http://d/"},
                           .error = ""};
  EXPECT_EQ(
      weft::scrape::to_jsonl(record),
      "{\"url\":\"http://a/\",\"final_url\":\"http://b/\",\"status\":200,\"bytes\":12,\"content_type\":\"text/html\","
      "\"elapsed_ms\":1.500,\"attempts\":2,\"title\":\"a "
      "\\\"t\\\"\\n\",\"links\":[\"http://c/\",\"http://d/\"],\"error\":null}\n");
}

TEST(Record, WhatThereIsNotIsNull) {
  EXPECT_EQ(weft::scrape::to_jsonl({.url = "http://a/", .error = "refused"}),
            "{\"url\":\"http://a/\",\"final_url\":null,\"status\":null,\"bytes\":0,\"content_type\":null,"
            "\"elapsed_ms\":0.000,\"attempts\":0,\"title\":null,\"links\":[],\"error\":\"refused\"}\n");
}

TEST(JsonText, RandomBytesBecomeTheStringThatALibraryMakesOfThem) {
  std::mt19937 random(1);
  const std::string_view pieces[] = {"a",
                                     "\"",
                                     "\\",
                                     "\x01",
                                     "\x7f",
                                     "\xC3\xA9",
                                     "\xE2\x82\xAC",
                                     "\xF0\x9F\x98\x80",
                                     "\xED\xA0\x80",
                                     "\xC0\xAF",
                                     "\xFF",
                                     "\xF4\x90\x80\x80"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 8; ++i) text += pieces[random() % std::size(pieces)];
    std::string out;
    append_json_string(out, text);
    const auto parsed = nlohmann::json::parse(out);
    EXPECT_TRUE(weft::apps::is_utf8(out));
    if (weft::apps::is_utf8(text)) {
      EXPECT_EQ(parsed.get<std::string>(), text);
    } else {
      EXPECT_NE(parsed.get<std::string>().find("\xEF\xBF\xBD"), std::string::npos);
    }
  }
}

}  // namespace
