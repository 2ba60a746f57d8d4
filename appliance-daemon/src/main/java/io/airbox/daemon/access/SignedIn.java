package io.airbox.daemon.access;

/**
 * A session just begun.
 *
 * @param token the secret for the cookie, 43 characters of base64url; told once, kept nowhere
 */
public record SignedIn(String token, Identity identity) {
  /** Without the secret. */
  @Override
  public String toString() {
    return "SignedIn[" + identity.actor().id() + "]";
  }
}
