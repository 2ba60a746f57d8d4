/**
 * Network settings as immutable values: ethernets and bonds with typed properties, every other kind
 * of interface by name.
 *
 * <p>{@link io.airbox.netplan.settings.NetworkSettings} is the root. Constructors are strict: a
 * value that exists is safe to write into a file, so no string of a request can smuggle a line
 * break or a second key. Everything is thread-safe.
 */
@NullMarked
package io.airbox.netplan.settings;

import org.jspecify.annotations.NullMarked;
