/**
 * The daemon against its own OpenAPI document, by Schemathesis: requests that keep the document and
 * requests that break it, as a guest, as a user and as the owner.
 */
@NullMarked
package io.airbox.hwtests.schemathesis;

import org.jspecify.annotations.NullMarked;
