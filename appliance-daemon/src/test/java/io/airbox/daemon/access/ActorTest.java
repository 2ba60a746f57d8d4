package io.airbox.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ActorTest {
  @Test
  void guestsAndUsersOwnWhatIsTheirs() {
    Actor browser = Actor.guest("0123456789abcdef", "192.168.1.7");

    assertThat(browser.id()).isEqualTo("session-0123456789abcdef");
    assertThat(browser.owns("session-0123456789abcdef")).isTrue();
    assertThat(browser.owns("192.168.1.7")).isTrue();
    assertThat(browser.owns("192.168.1.8")).isFalse();
    assertThat(Actor.guest("192.168.1.7").owns("session-0123456789abcdef")).isFalse();
    assertThat(Actor.key("abcdefgh", Role.USER).owns("key-abcdefgh")).isTrue();
    assertThat(Actor.key("abcdefgh", Role.USER).owns("owner")).isFalse();
    assertThat(Actor.local(Role.USER).owns("local")).isFalse();
  }

  @Test
  void operatorsAndTheOwnerOwnEverything() {
    assertThat(Actor.key("abcdefgh", Role.OPERATOR).owns("owner")).isTrue();
    assertThat(Actor.owner().owns("192.168.1.7")).isTrue();
    assertThat(Actor.local(Role.OWNER).owns("key-abcdefgh")).isTrue();
  }

  @Test
  void rolesAndTheirIdsGoBothWays() {
    for (Role role : Role.values()) {
      assertThat(Role.of(role.id())).contains(role);
    }
    assertThat(Role.of("OWNER")).isEmpty();
    assertThat(Role.of("root")).isEmpty();
  }

  @Test
  void keysAreKnownByTheirIds() {
    assertThat(Actor.key("abcdefgh", Role.USER).keyId()).contains("abcdefgh");
    assertThat(Actor.owner().keyId()).isEmpty();
    assertThat(Actor.guest("10.0.0.1").keyId()).isEmpty();
  }
}
