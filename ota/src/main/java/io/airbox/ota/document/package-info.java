/** JSON documents, read strictly: what is not understood is refused, never skipped. */
@NullMarked
package io.airbox.ota.document;

import org.jspecify.annotations.NullMarked;
