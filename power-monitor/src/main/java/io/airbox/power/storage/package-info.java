/** Files that survive a power cut, for the packages of this module that keep state. */
@NullMarked
package io.airbox.power.storage;

import org.jspecify.annotations.NullMarked;
