package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How a bond works.
 *
 * @param mode how its ports share the traffic
 * @param options the rest, canonical text by option; what is absent is the kernel's default
 */
public record BondParameters(BondMode mode, Map<BondOption, String> options) {
  /**
   * @throws NetplanException {@code INVALID_VALUE} when a value has a wrong form
   */
  public BondParameters {
    Map<BondOption, String> canonical = new EnumMap<>(BondOption.class);
    options.forEach((option, text) -> canonical.put(option, option.canonical(text)));
    options = Collections.unmodifiableMap(canonical);
  }

  /** A mode with netplan's defaults. */
  public static BondParameters of(BondMode mode) {
    return new BondParameters(mode, Map.of());
  }

  public Optional<String> option(BondOption option) {
    return Optional.ofNullable(options.get(option));
  }

  /** The same with {@code option} set to {@code text}. */
  public BondParameters with(BondOption option, String text) {
    Map<BondOption, String> more = new EnumMap<>(BondOption.class);
    more.putAll(options);
    more.put(option, text);
    return new BondParameters(mode, more);
  }
}
