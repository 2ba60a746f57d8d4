/**
 * Network settings that cannot lock their owner out: model, netplan documents, checks, staged apply
 * with confirm and revert.
 *
 * <p>Empty until network set-up lands; {@code docs/adr/0001-modules.md} says what belongs here.
 */
@NullMarked
package io.airbox.netplan;

import org.jspecify.annotations.NullMarked;
