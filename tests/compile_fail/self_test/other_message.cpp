// Wrong as it should be, with another message: the harness must object.
#ifdef WEFT_WRONG
static_assert(false, "something else");
#endif
int main() { return 0; }
