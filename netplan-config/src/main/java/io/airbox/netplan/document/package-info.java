/** netplan's files: which of them count, how they merge, and where each value stands. */
@NullMarked
package io.airbox.netplan.document;

import org.jspecify.annotations.NullMarked;
