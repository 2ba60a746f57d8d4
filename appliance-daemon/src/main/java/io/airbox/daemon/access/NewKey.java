package io.airbox.daemon.access;

/**
 * An API key just made.
 *
 * @param secret the whole key, {@code abx_<id>_<43 characters>}; told once, kept nowhere
 */
public record NewKey(ApiKey key, String secret) {
  /** Without the secret. */
  @Override
  public String toString() {
    return "NewKey[" + key.id() + "]";
  }
}
