/**
 * A real U-Boot that flashes a real card in QEMU, watched through a pseudo-terminal by the real
 * program: {@link io.airbox.hwtests.flash.UbootBox} is the box.
 */
@NullMarked
package io.airbox.hwtests.flash;

import org.jspecify.annotations.NullMarked;
