/**
 * netplan's files: which of them count, how they merge, where each value stands, and how settings
 * are written back with the fewest changed bytes.
 */
@NullMarked
package io.airbox.netplan.document;

import org.jspecify.annotations.NullMarked;
