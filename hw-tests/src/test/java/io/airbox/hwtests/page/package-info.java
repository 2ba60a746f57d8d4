/** The page in Debian's Chromium, served by the real daemon. */
@NullMarked
package io.airbox.hwtests.page;

import org.jspecify.annotations.NullMarked;
