// Values to bytes and back: the only header that includes cereal.
// The archives are weft's own: they work in memory, refuse counts that the bytes left cannot hold, and cap the depth, so that
// malformed input is a transfer_error and never undefined behaviour. Both sides are the same program on the same machine:
// there is no byte order and no version.
// Source: cereal 1.3.2, "Archive Specialization" and archives/binary.hpp.
#pragma once

#include <weft/base/error.hpp>
#include <weft/process/function_id.hpp>
#include <weft/process/transfer.hpp>

#include <cereal/cereal.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>

namespace weft::detail {

/// Objects within objects: beyond this an encoder refuses, and so does a decoder (its stack is finite).
inline constexpr int max_depth = 1000;

[[noreturn]] WEFT_EXPORT void throw_too_deep();

/// Bytes on their way out, as cereal wants them.
class output_archive : public cereal::OutputArchive<output_archive> {
 public:
  explicit output_archive(encoder& out) : OutputArchive(this), out_(out) {}
  encoder& out() noexcept { return out_; }
  void enter() {
    if (++depth_ > max_depth) throw_too_deep();
  }
  void leave() noexcept { --depth_; }

 private:
  encoder& out_;
  int depth_ = 0;
};

/// Bytes on their way in, as cereal wants them.
class input_archive : public cereal::InputArchive<input_archive> {
 public:
  explicit input_archive(decoder& in) : InputArchive(this), in_(in) {}
  decoder& in() noexcept { return in_; }
  void enter() {
    if (++depth_ > max_depth) throw_too_deep();
  }
  void leave() noexcept { --depth_; }

 private:
  decoder& in_;
  int depth_ = 0;
};

template <class Archive>
concept our_archive = std::same_as<Archive, output_archive> || std::same_as<Archive, input_archive>;

/// Types whose crossing is ours: as bytes (enums are left to cereal inside of containers), or by a codec.
template <class T>
concept crosses_by_weft = has_codec<T> || (crosses_as_bytes<T> && !std::is_enum_v<T>);

template <class T>
void encode(encoder& out, const T& value);
template <class T>
T decode(decoder& in);

// cereal finds the functions below by name, through the archive's namespace.

template <our_archive Archive, class T>
  requires std::is_class_v<T>
void prologue(Archive& archive, const T&) {
  archive.enter();
}
template <our_archive Archive, class T>
  requires std::is_class_v<T>
void epilogue(Archive& archive, const T&) {
  archive.leave();
}

template <crosses_by_weft T>
void CEREAL_SAVE_FUNCTION_NAME(output_archive& archive, const T& value) {
  encode(archive.out(), value);
}
template <crosses_by_weft T>
void CEREAL_LOAD_FUNCTION_NAME(input_archive& archive, T& value) {
  value = decode<T>(archive.in());
}

template <our_archive Archive, class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(Archive& archive, cereal::NameValuePair<T>& named) {
  archive(named.value);
}

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(output_archive& archive, const cereal::SizeTag<T>& tag) {
  archive.out().write_value(static_cast<std::uint64_t>(tag.size));
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(input_archive& archive, cereal::SizeTag<T>& tag) {
  tag.size = static_cast<std::remove_reference_t<T>>(archive.in().read_count());
}

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(output_archive& archive, const cereal::BinaryData<T>& data) {
  archive.out().write(data.data, static_cast<std::size_t>(data.size));
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(input_archive& archive, cereal::BinaryData<T>& data) {
  archive.in().read(data.data, static_cast<std::size_t>(data.size));
}

/// The weft::error for whatever a decoder or encoder threw inside cereal.
[[noreturn]] WEFT_EXPORT void rethrow_as_transfer_error();

/// A class without state: there is nothing to carry but that it is there.
template <class T>
concept crosses_as_nothing = !has_codec<T> && !crosses_as_bytes<T> && std::is_empty_v<T> && std::is_default_constructible_v<T>;

/// A plain function: crosses as its identity.
template <class T>
concept crosses_as_function = std::is_pointer_v<T> && std::is_function_v<std::remove_pointer_t<T>>;

/// Appends a value. **Errors**: transfer_error (too deep), std::bad_alloc, whatever a user's serialize throws.
template <class T>
void encode(encoder& out, const T& value) {
  if constexpr (has_codec<T>) {
    codec<T>::encode(out, value);
  } else if constexpr (crosses_as_bytes<T>) {
    static_assert(std::is_trivially_copyable_v<T>, "weft: enable_transfer needs a trivially copyable type");
    out.write_value(value);
  } else if constexpr (crosses_as_function<T>) {
    write_identity(out, identify_function(reinterpret_cast<code_address>(value)));
  } else if constexpr (crosses_as_nothing<T>) {
    out.write_value(std::byte{0});
  } else {
    output_archive archive(out);
    archive(value);
  }
}

/// The next value. **Errors**: transfer_error for malformed input, whatever a user's serialize throws.
template <class T>
T decode(decoder& in) {
  if constexpr (has_codec<T>) {
    return codec<T>::decode(in);
  } else if constexpr (crosses_as_bytes<T>) {
    static_assert(std::is_trivially_copyable_v<T>, "weft: enable_transfer needs a trivially copyable type");
    return in.template read_value<T>();
  } else if constexpr (crosses_as_function<T>) {
    return reinterpret_cast<T>(read_function(in));
  } else if constexpr (crosses_as_nothing<T>) {
    static_cast<void>(in.template read_value<std::byte>());
    return T();
  } else {
    static_assert(std::is_default_constructible_v<T>,
                  "weft: a type that crosses through cereal is default-constructible, or has a weft::codec");
    T value{};
    try {
      input_archive archive(in);
      archive(value);
    } catch (const cereal::Exception&) {
      rethrow_as_transfer_error();
    } catch (const std::length_error&) {
      rethrow_as_transfer_error();
    }
    return value;
  }
}

/// Whether cereal knows how to carry a T (or weft does by itself).
template <class T>
inline constexpr bool has_encoding =
    has_codec<T> || crosses_as_bytes<T> || crosses_as_function<T> || crosses_as_nothing<T> ||
    (cereal::traits::is_output_serializable<T, output_archive>::value && cereal::traits::is_input_serializable<T, input_archive>::value);

}  // namespace weft::detail

CEREAL_SETUP_ARCHIVE_TRAITS(weft::detail::input_archive, weft::detail::output_archive)
