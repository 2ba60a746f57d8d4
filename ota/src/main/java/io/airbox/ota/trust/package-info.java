/**
 * Whose signatures count: authorities, each with a few root keys that say which keys sign releases.
 *
 * <p>Rules and roles are those of The Update Framework (TUF 1.0.33, sections 5.3 and 6.1), without
 * its online roles: a document of keys has a version, an end, and thresholds, and its successor is
 * signed by enough root keys of both.
 */
@NullMarked
package io.airbox.ota.trust;

import org.jspecify.annotations.NullMarked;
