// Wrong with and without WEFT_WRONG: the harness must object.
static_assert(false, "the expected text");
int main() { return 0; }
