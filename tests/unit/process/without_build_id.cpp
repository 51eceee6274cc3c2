// A module linked with --build-id=none.
extern "C" [[gnu::visibility("default")]] int weft_test_without_build_id(int n) { return n; }
