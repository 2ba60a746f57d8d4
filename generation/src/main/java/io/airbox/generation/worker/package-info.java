/**
 * The engine worker: a process of its own that makes the pictures, and the client that talks to it.
 */
@NullMarked
package io.airbox.generation.worker;

import org.jspecify.annotations.NullMarked;
