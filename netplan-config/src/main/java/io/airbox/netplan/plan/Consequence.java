package io.airbox.netplan.plan;

import org.jspecify.annotations.Nullable;

/**
 * Something that people on the network notice.
 *
 * @param code stable, lower case with hyphens, as {@code asker-address-changes}
 * @param interfaceId the port or bond; null when it is the whole box
 * @param text one or two sentences
 */
public record Consequence(String code, @Nullable String interfaceId, String text) {}
