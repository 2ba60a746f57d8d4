/**
 * What a card package will do to an eMMC, read from its own scripts, and everything about it that
 * is not as it has to be. {@link io.airbox.flasher.plan.CardPackage} is the way in. Values are
 * immutable; reading belongs to one thread and heeds interruption.
 */
@NullMarked
package io.airbox.flasher.plan;

import org.jspecify.annotations.NullMarked;
