package io.airbox.power.mqtt;

/** Where a box's state is asked for; must not block, any thread may ask. */
@FunctionalInterface
public interface BoxView {
  /** As it is now. */
  BoxState now();
}
