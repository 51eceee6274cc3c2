// WEFT_EXPORT marks what a shared build of weft shows; everything else is hidden.
#pragma once

#define WEFT_EXPORT [[gnu::visibility("default")]]
