/**
 * Whole set-ups as one action. {@link io.airbox.netplan.preset.Preset#settings} turns the settings
 * at hand into the preset's, leaving every port that the preset does not name alone.
 */
@NullMarked
package io.airbox.netplan.preset;

import org.jspecify.annotations.NullMarked;
