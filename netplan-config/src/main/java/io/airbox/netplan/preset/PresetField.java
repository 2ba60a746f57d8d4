package io.airbox.netplan.preset;

/**
 * Something a preset asks for.
 *
 * @param name key in the map of fields
 * @param form what the text must be
 * @param required whether it must be given
 * @param preset the value when it is left out; empty for none
 * @param description one sentence for the person who fills it in
 */
public record PresetField(
    String name, Form form, boolean required, String preset, String description) {
  /** What a field's text must be. */
  public enum Form {
    /** A port's id. */
    PORT,
    /** {@code IP/prefix}. */
    ADDRESS,
    /** An IP address; may be empty when not required. */
    IP,
    /** IP addresses separated by commas or blanks; may be empty. */
    IPS,
    /** Domain names separated by commas or blanks; may be empty. */
    DOMAINS
  }
}
