package io.airbox.netplan.check;

import io.airbox.netplan.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Something wrong or doubtful with settings or files.
 *
 * @param severity whether a plan with it may be applied
 * @param code stable, lower case with hyphens, as {@code gateway-unreachable}
 * @param path the setting as {@code ethernets.eth0.addresses[0]}; empty when it is not one
 *     setting's
 * @param origin where the value stands; null when unknown or not written yet
 * @param message what is wrong, with the value
 * @param advice what to do; empty when the message says it all
 */
public record Finding(
    Severity severity,
    String code,
    String path,
    @Nullable Origin origin,
    String message,
    String advice) {
  public static Finding error(String code, String path, String message, String advice) {
    return new Finding(Severity.ERROR, code, path, null, message, advice);
  }

  public static Finding warning(String code, String path, String message, String advice) {
    return new Finding(Severity.WARNING, code, path, null, message, advice);
  }

  /** The same, standing at {@code place}. */
  public Finding at(@Nullable Origin place) {
    return new Finding(severity, code, path, place, message, advice);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** One line for people: {@code 01-netcfg.yaml:5:3: message; advice}. */
  @Override
  public String toString() {
    return (origin == null ? "" : origin + ": ")
        + message
        + (advice.isEmpty() ? "" : "; " + advice);
  }
}
