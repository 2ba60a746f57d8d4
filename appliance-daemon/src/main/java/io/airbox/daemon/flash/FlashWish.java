package io.airbox.daemon.flash;

import io.airbox.flasher.live.LiveWatch;
import org.jspecify.annotations.Nullable;

/**
 * What is to be watched.
 *
 * @param port path of a serial port
 * @param packageName of {@link FlashDesk}'s packages; null to go by the console alone
 * @param until what is waited for
 */
public record FlashWish(String port, @Nullable String packageName, LiveWatch.Until until) {}
