// A server that we did not write: nginx over the HTML that Debian's packages bring.
#include "scrape/scraper.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>
#include <thread>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* program = "/usr/sbin/nginx";
const fs::path root = "/usr/share/doc";

::sockaddr_in loopback(std::uint16_t port) {
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  ::socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<const ::sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<::sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool answers(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(port);
  const bool connected = ::connect(fd, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

/// nginx in the foreground as one process of ours, with everything it writes in one temporary folder.
class Nginx : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fs::exists(program)) << program << " is missing: apt-get install nginx-light (./dev does it)";
    fs::create_directories(folder_);
    std::ofstream(folder_ / "nginx.conf")
        << "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr crit;\nevents { worker_connections 512; "
           "}\n"
        << "http {\n  access_log off;\n  client_body_temp_path b;\n  proxy_temp_path p;\n  fastcgi_temp_path f;\n"
        << "  uwsgi_temp_path u;\n  scgi_temp_path s;\n  types { text/html html; }\n  gzip on;\n"
        << "  server { listen 127.0.0.1:" << port_ << "; root " << root.string() << "; }\n}\n";
    std::string name = program, prefix = folder_.string() + "/", file = (folder_ / "nginx.conf").string();
    std::string p = "-p", c = "-c", e = "-e", to = "stderr";
    char* const argv[] = {name.data(), p.data(), prefix.data(), c.data(), file.data(), e.data(), to.data(), nullptr};
    ASSERT_EQ(::posix_spawn(&pid_, program, nullptr, nullptr, argv, environ), 0);
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (!answers(port_)) {
      ASSERT_EQ(::waitpid(pid_, nullptr, WNOHANG), 0) << "nginx ended at once";
      ASSERT_LT(std::chrono::steady_clock::now(), until) << "nginx does not answer";
      std::this_thread::sleep_for(5ms);  // another program: there is nothing to wait on
    }
  }

  void TearDown() override {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    fs::remove_all(folder_);
  }

  const fs::path folder_ = fs::temp_directory_path() / ("weft-nginx-" + std::to_string(::getpid()));
  const std::uint16_t port_ = free_port();
  ::pid_t pid_ = -1;
};

std::string encoded(const std::string& path) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
        std::string_view("-._~/").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += {'%', digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15]};
    }
  }
  return out;
}

TEST_F(Nginx, EveryHtmlFileOfTheDocumentationHasTheRightNumberOfBytes) {
  std::map<std::string, std::uint64_t> sizes;
  for (const auto& entry : fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied)) {
    if (entry.path().extension() == ".html" && entry.is_regular_file()) {
      sizes.emplace(
          "http://127.0.0.1:" + std::to_string(port_) + encoded("/" + fs::relative(entry.path(), root).string()),
          entry.file_size());
    }
  }
  ASSERT_FALSE(sizes.empty()) << "no HTML under " << root;
  std::vector<std::string> urls;
  for (const auto& [url, size] : sizes) urls.push_back(url);
  std::map<std::string, weft::scrape::page_record> got;
  const auto summary = weft::scrape::run({.per_host = 16, .rate = 0}, urls,
                                         [&](const auto& record) { got.emplace(record.url, record); });
  EXPECT_EQ(summary.ok, sizes.size()) << summary.first_error;
  for (const auto& [url, size] : sizes) {
    const auto& record = got.at(url);
    EXPECT_EQ(record.error, "") << url;
    EXPECT_EQ(record.bytes, size) << url;
    EXPECT_EQ(record.content_type, "text/html") << url;
  }
}

}  // namespace
