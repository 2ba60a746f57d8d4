/**
 * YAML read with the place of every value, and edited as text: what an edit does not name keeps its
 * bytes. Knows nothing of netplan's keys.
 */
@NullMarked
package io.airbox.netplan.yaml;

import org.jspecify.annotations.NullMarked;
